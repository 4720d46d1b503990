// Ways to reach the elements, and how sizes and problems are told.

const part = (name) => element.querySelector(`[data-part="${name}"]`);

/** Bytes in words: "412 MB", "1.9 GB". */
function sizeOf(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes > 0 ? Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1) : 0;
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** What went wrong, in a sentence with the next step; null clears it. */
function tell(problem) {
  const box = part("messages");
  box.replaceChildren();
  if (!problem) return;
  const line = (className, textContent) => Object.assign(document.createElement("p"), { className, textContent });
  const words = Object.assign(document.createElement("div"), { className: "message-words" });
  words.append(line("message-text", problem.message));
  if (problem.hint) words.append(line("message-hint", problem.hint));
  const message = Object.assign(document.createElement("div"), { className: "message error" });
  message.setAttribute("role", "alert");
  message.dataset.testid = "error-box";
  message.append(words);
  box.append(message);
}
