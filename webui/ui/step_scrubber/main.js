// Joins the parts: what changes on the desk is shown by each of them.

const REMEMBER_MS = 400;
let rememberTimer = null;
let drawTimer = null;

/** What need not be there in the very frame: plots, words, the next frames. */
function showLater() {
  if (drawTimer !== null) return;
  drawTimer = requestAnimationFrame(() => {
    drawTimer = null;
    if (!desk.recording) return;
    showFacts();
    plots.forEach((plot) => plot.mark());
    part("player-status").textContent = statusInWords();
    describeFrame();
    sayOnStage();
  });
}

function sharpenHere() {
  desk.frames?.turnTo(desk.view, desk.position);
  clearTimeout(rememberTimer);
  rememberTimer = setTimeout(rememberOpened, REMEMBER_MS);
}

function metaInWords({ positions, request, width, height, device, bytes, complete, model }) {
  const steps = stepsAreCalls() ? `${positions} steps` : `${positions} calls`;
  const checkpoint = desk.model ? `${desk.model} in the place of ${model.name} (not the same)` : model.name;
  const words = [steps, request.sampler, `seed ${request.seed}`, `${width} × ${height}`, checkpoint, device, fileSize(bytes)];
  return [complete ? null : "stopped early", ...words].filter(Boolean).join(" · ");
}

function showTitle() {
  const { recording } = desk;
  part("title-prompt").textContent = recording ? desk.request.prompt?.trim() || "(no prompt)" : "";
  part("title-prompt").title = desk.request?.prompt ?? "";
  part("title-meta").textContent = recording ? metaInWords(recording) : "";
  part("title-meta").title = part("title-meta").textContent;
  part("pin").hidden = !recording || !window.darkroom.may("recording-files");
  if (!recording) return;
  part("pin").setAttribute("aria-pressed", String(recording.pinned));
  const word = recording.pinned ? "Pinned: it stays when space runs out" : "Pin: keep it when space runs out";
  part("pin").title = word;
  part("pin").setAttribute("aria-label", word);
}

function showRows() {
  const pictures = desk.recording?.pictures ?? [];
  part("rows").hidden = pictures.length < 2;
  const buttons = pictures.map(({ row, url, seed }) => {
    // A walk that was stopped, or whose picture was removed, has its number alone.
    const image = url
      ? make("img", { alt: "", decoding: "async", src: url })
      : make("span", { className: "thumb-number", textContent: String(row + 1) });
    const attributes = { "aria-label": `Picture ${row + 1}, seed ${seed}`, "aria-pressed": String(row === desk.picture) };
    const button = make("button", { type: "button", className: "thumb", onclick: () => desk.choosePicture(row), attributes }, [image]);
    return make("li", {}, [button]);
  });
  part("rows").replaceChildren(...(pictures.length < 2 ? [] : buttons));
}

function showRecording(recording) {
  part("desk").hidden = !recording;
  part("nothing").hidden = true;
  if (!recording) showNothing();
  else part("nothing").hidden = true;
  showTitle();
  showNotes();
  if (!recording) return;
  stage.prepare(recording);
  player.prepare();
  plots.forEach((plot) => plot.draw());
  sharpenHere();
}

/** The previews of a view; a worker that starts or is busy answers later. */
async function loadPreviews(frames, view) {
  try {
    await frames.ready(view);
  } catch (problem) {
    sayOnStage();
    if (!passesByItself(problem)) return;
    await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS));
    if (desk.frames === frames && desk.view === view) loadPreviews(frames, view);
  }
}

function showView() {
  views.show();
  if (!desk.frames) return;
  loadPreviews(desk.frames, desk.view);
  showFrame();
  showLater();
  sharpenHere();
}

desk.on("position", () => {
  showFrame();
  player.show();
  showLater();
  sharpenHere();
  announcePlace();
});
desk.on("view", showView);
desk.on("frames", ({ view, position }) => {
  if (view === desk.view && (position === null || position === desk.position)) showFrame();
  showLater();
});
desk.on("recording", showRecording);
desk.on("told", showTitle);
desk.on("picture", showTitle);
desk.on("model", showTitle);
for (const name of ["picture", "model"]) {
  desk.on(name, () => {
    if (!desk.recording) return;
    stage.drawnKey = "";
    showRows();
    showView();
  });
}
desk.on("opening", (id) => part("scrubber").classList.toggle("opening", Boolean(id)));

part("pin").onclick = async () => {
  try {
    await pinRecording(desk.recording.id, !desk.recording.pinned);
    await desk.reload();
  } catch (problem) {
    deskMessages.problem(problem);
  }
};
part("make-one").onclick = () => window.darkroom.showTab("txt2img");

/** Keys of the whole tab; where a field, a list or another slider has the focus they keep their own meaning. */
element.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !desk.recording) return;
  const own = event.target.closest("input:not([type=radio]), textarea, select, button, summary, a, [contenteditable], [popover]");
  if (own && own !== player.slider) return;
  if (event.key === " ") player.toggle();
  else if (/^[1-6]$/.test(event.key)) views.showNumber(Number(event.key));
  else return;
  event.preventDefault();
});

window.addEventListener("darkroom:recording", () => {
  showMode("recording");
  openFirst();
});
window.addEventListener("darkroom:tab", ({ detail }) => {
  if (detail !== "scrubber") return player.pause();
  part("desk-switch").hidden = !forwardDiffusion();
  openFirst();
});

takeFiles();
part("desk-switch").hidden = !forwardDiffusion();
openFirst();
