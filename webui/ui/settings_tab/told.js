// How sizes, counts and problems are told.

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
  if (problem) panelMessage(part("messages"), problem);
  else part("messages").replaceChildren();
}
