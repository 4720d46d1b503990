// Reads a picture that is dropped, pasted or chosen: its own words, what could not be read, and ways on.

const WAYS_ON = { "to-txt2img": "txt2img", "to-img2img": "img2img", "to-inpaint": "inpaint" };
let shown = null; // the server's answer for the picture that is shown
const what = new WhatIsThis(part("what"), { explain: true, sendTo: "txt2img" });

function paragraph(className, textContent) {
  return Object.assign(document.createElement("p"), { className, textContent });
}

function say(kind, message, hint) {
  const words = Object.assign(document.createElement("div"), { className: "message-words" });
  words.append(paragraph("message-text", message));
  if (hint) words.append(paragraph("message-hint", hint));
  const box = Object.assign(document.createElement("div"), { className: `message ${kind}` });
  box.dataset.testid = `${kind}-box`;
  if (kind === "error") box.setAttribute("role", "alert");
  box.append(words);
  part("messages").append(box);
}

function showInfotext(text) {
  const className = (line) =>
    line.startsWith("Negative prompt: ") ? "negative" : line.startsWith("Steps: ") ? "settings" : "words";
  part("infotext").replaceChildren(...text.split("\n").map((line) => paragraph(className(line), line)));
}

function show(name) {
  const { id, width, height, notes, infotext, fields, field_notes, recording } = shown;
  part("image").src = `/api/v1/pictures/${id}`;
  part("image").hidden = false;
  part("words").hidden = true;
  part("choose-words").textContent = "Choose another";
  part("facts").textContent = `${name ? `${name} · ` : ""}${width} × ${height}`;
  for (const note of [...notes, ...field_notes]) say("warning", note);
  if (!infotext && !fields) say("warning", "This picture carries no parameters.", "It can still be a start for img2img.");
  showInfotext(infotext ?? "");
  part("copy").hidden = !infotext;
  part("to-txt2img").hidden = !fields;
  part("to-scrubber").hidden = !fields && !recording;
  part("to-scrubber").title = recording ? "Drag through its steps" : "It has no recording; there it can be walked again";
  part("result").hidden = false;
  element.firstElementChild.dataset.picture = id;
  what.place(id);
}

async function read(file) {
  part("messages").replaceChildren();
  element.firstElementChild.classList.add("busy");
  try {
    shown = await window.darkroom.ask("/api/v1/pictures", { body: file });
    show(file.name);
  } catch (problem) {
    say("error", problem.message, problem.hint);
  } finally {
    element.firstElementChild.classList.remove("busy");
  }
}

function send(tab) {
  const { id, width, height, fields } = shown;
  const picture = tab === "txt2img" ? undefined : { id, width, height };
  window.darkroom.fill({ fields: fields ?? {}, whole: Boolean(fields), tab, picture });
}

function chosenFile(transfer) {
  return [...(transfer?.files ?? [])][0];
}

for (const [name, tab] of Object.entries(WAYS_ON)) part(name).onclick = () => send(tab);
part("file").onchange = ({ target }) => {
  if (target.files[0]) read(target.files[0]);
  target.value = ""; // the same file again is news, too
};
part("to-scrubber").onclick = () => window.darkroom.openRecording(shown.recording ? { ...shown.recording, picture: shown.recording.row } : { upload: shown });
part("copy").onclick = async () => {
  try {
    await navigator.clipboard.writeText(shown.infotext);
    part("copy-words").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(part("infotext")); // plain http from another machine: by hand
    part("copy-words").textContent = "Selected: press Ctrl+C";
  }
  setTimeout(() => (part("copy-words").textContent = "Copy"), 2000);
};

// A file may be dropped anywhere on the tab; beside the frame the browser would open it.
element.addEventListener("dragover", (event) => {
  event.preventDefault();
  part("drop").classList.add("over");
});
element.addEventListener("dragleave", () => part("drop").classList.remove("over"));
element.addEventListener("drop", (event) => {
  event.preventDefault();
  part("drop").classList.remove("over");
  const file = chosenFile(event.dataTransfer);
  if (file) read(file);
});
document.addEventListener("paste", (event) => {
  const file = chosenFile(event.clipboardData);
  if (file && document.documentElement.dataset.tab === "pnginfo") read(file);
});
