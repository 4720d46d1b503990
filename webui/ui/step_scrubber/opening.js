// Ways to lay a recording on the desk: from elsewhere on the page, the one of last time, a file that is dropped or
// chosen, and a picture that is walked again because it has no recording.

const LAST_RECORDING = "darkroom.recording";
const WRITTEN_MS = 3000; // a picture is shown a moment before its recording is written

function lastOpened() {
  try {
    return JSON.parse(localStorage.getItem(LAST_RECORDING));
  } catch {
    return null;
  }
}

function rememberOpened() {
  const { recording, picture, position, view } = desk;
  try {
    if (recording) localStorage.setItem(LAST_RECORDING, JSON.stringify({ trajectory: recording.id, picture, position, view }));
    else localStorage.removeItem(LAST_RECORDING);
  } catch {
    // Storage is blocked: nothing is there again after a reload.
  }
}

/** Open a recording and say in a sentence what keeps it from opening; true when it lies on the desk. */
async function openOnDesk(id, place = {}) {
  deskMessages.clear("problem");
  for (const end = Date.now() + WRITTEN_MS; ; ) {
    try {
      return await desk.open(id, place);
    } catch (problem) {
      if (problem.status !== 404 || !place.fresh || Date.now() > end) {
        deskMessages.problem(problem);
        return false;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What was asked for elsewhere on the page, else the recording of last time, else the newest. */
async function openFirst() {
  const told = window.darkroom.recordingToOpen();
  if (told?.upload) return openUpload(told.upload, "").catch((problem) => deskMessages.problem(problem));
  if (told) return openOnDesk(told.trajectory, { ...told, fresh: true });
  if (desk.recording || desk.opening) return;
  const last = lastOpened();
  try {
    if (last && (await desk.open(last.trajectory, last))) return;
  } catch (problem) {
    if (problem.status !== 404) return deskMessages.problem(problem);
  }
  const [newest] = await window.darkroom.ask("/api/v1/trajectories?limit=1").catch(() => []);
  if (desk.recording || desk.opening) return; // a file was dropped meanwhile
  if (newest) await openOnDesk(newest.id);
  else showNothing();
}

function showNothing() {
  part("nothing").hidden = Boolean(desk.recording);
  if (!desk.recording) drawWay(part("way"));
}

/** What an exported picture shows, by what its file says: {recording, place}; null for other pictures. */
function exportedStep(infotext) {
  const said = (name, value) => infotext?.match(new RegExp(`Exported ${name}: (${value})`))?.[1] ?? null;
  const recording = said("recording", "[0-9a-f]+");
  if (!recording) return null;
  const step = said("step", "\\d+"); // films and contact sheets have all of them
  const place = { picture: Number(said("picture", "\\d+") ?? 0), position: step === null ? null : Number(step) };
  return { recording, place: { ...place, view: said("view", "x0|xt") } };
}

/** A dropped or chosen file: a recording, or a picture that has one or can be walked again. */
async function openFile(file) {
  recordingList.close();
  deskMessages.clear("problem");
  deskMessages.clear("walk");
  deskMessages.show({ key: "reading", kind: "busy", message: `Reading ${file.name || "the file"}` });
  try {
    if (!(await isRecordingFile(file))) await openPictureFile(file);
    else if (window.darkroom.may("recording-files")) await openRecordingFile(file);
    else deskMessages.problem({ message: "Guests cannot open recordings from files.", hint: "Their own pictures have recordings in the list." });
  } catch (problem) {
    deskMessages.problem(problem);
  } finally {
    deskMessages.clear("reading");
  }
}

/** By its first bytes: a safetensors file begins with the length of its header, then a brace. */
async function isRecordingFile(file) {
  if (/\.safetensors$/i.test(file.name)) return true;
  const start = new Uint8Array(await file.slice(0, 9).arrayBuffer());
  return start.length === 9 && start[6] === 0 && start[7] === 0 && start[8] === 0x7b;
}

async function openRecordingFile(file) {
  const { id } = await window.darkroom.ask("/api/v1/trajectories", { body: file });
  await desk.open(id);
}

async function openPictureFile(file) {
  await openUpload(await window.darkroom.ask("/api/v1/pictures", { body: file }), file.name);
}

/** A picture that the server has read: its recording, the step that it was exported from, or an offer. */
async function openUpload(told, name) {
  const exported = exportedStep(told.infotext);
  if (told.recording) {
    await desk.open(told.recording.trajectory, { picture: told.recording.row });
    return;
  }
  try {
    if (exported && (await desk.open(exported.recording, exported.place))) return;
  } catch (problem) {
    if (problem.status !== 404) throw problem; // removed since: its picture can be walked again
  }
  offerToWalk(told, name);
}

function offerToWalk({ fields, field_notes }, name) {
  if (!fields) {
    const hint = "Only pictures that carry their parameters can be walked again. In Forward diffusion any picture will do.";
    deskMessages.show({ key: "walk", kind: "warning", message: `${name || "This picture"} has no recording here and carries no parameters.`, hint });
    return;
  }
  deskMessages.show({
    key: "walk",
    kind: "note",
    message: `${name || "This picture"} has no recording here, but it carries the parameters it was made with.`,
    hint: ["Walking it again takes as long as making it did; on another machine the picture comes out close, not identical.", ...(field_notes ?? [])].join(" "),
    actions: [{ name: "Walk it again", run: () => walkAgain(fields) }],
  });
}

async function walkAgain(fields) {
  deskMessages.clear("walk");
  const cancelled = new AbortController();
  const say = (words) => {
    const box = deskMessages.box.querySelector("[data-key=walk] .message-text");
    if (box) box.textContent = `Walking the picture again: ${words}`;
  };
  deskMessages.show({ key: "walk", kind: "busy", message: "Walking the picture again", actions: [{ name: "Cancel", run: () => cancelled.abort() }] });
  try {
    const made = await window.darkroom.makePicture(fields, { onNews: say, signal: cancelled.signal });
    if (made.trajectory) await openOnDesk(made.trajectory, { picture: made.row, position: 0 });
    else deskMessages.problem({ message: "The picture was made, but not recorded.", hint: "Recording is switched off; see Settings." });
  } catch (problem) {
    if (!cancelled.signal.aborted) deskMessages.problem(problem);
  } finally {
    deskMessages.clear("walk");
  }
}

/** What is to be known of the recording before it is looked at or gone on from. */
function showNotes() {
  deskMessages.clear("note:");
  const { recording } = desk;
  if (!recording) return;
  const [ofModel, ...rest] = recording.model_state === "same" ? [null, ...recording.notes] : recording.notes;
  if (ofModel)
    deskMessages.show({
      key: `note:${recording.id}:model`,
      kind: "warning",
      message: ofModel,
      hint: "Another checkpoint can stand in; what it makes of the steps is not the same.",
      extra: modelChoice(recording),
    });
  for (const [index, note] of rest.entries())
    deskMessages.show({ key: `note:${recording.id}:${index}`, kind: "note", message: note });
}

/** A list of the checkpoints that can stand in for the recording's. */
function modelChoice(recording) {
  const select = make("select", { attributes: { "aria-label": "Another checkpoint (not the same)", "data-testid": "scrubber-model" } });
  select.append(make("option", { value: "", textContent: "Another checkpoint (not the same)" }));
  window.darkroom
    .ask("/api/v1/models")
    .then((told) => {
      const models = Array.isArray(told) ? told : (told.models ?? []);
      for (const { name } of models) select.append(make("option", { value: name, textContent: name }));
      select.value = desk.model ?? "";
    })
    .catch((problem) => deskMessages.problem(problem));
  select.onchange = () => desk.recording?.id === recording.id && desk.useModel(select.value || null);
  return select;
}

/** Files may be dropped anywhere on the tab, and pasted while it is shown. */
function takeFiles() {
  const fileOf = (transfer) => [...(transfer?.files ?? [])][0];
  element.addEventListener("dragover", (event) => {
    if (event.defaultPrevented || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    part("scrubber").classList.add("over");
  });
  element.addEventListener("dragleave", (event) => {
    if (!element.contains(event.relatedTarget)) part("scrubber").classList.remove("over");
  });
  element.addEventListener("drop", (event) => {
    part("scrubber").classList.remove("over");
    const file = fileOf(event.dataTransfer);
    if (event.defaultPrevented || !file) return;
    event.preventDefault();
    openFile(file);
  });
  document.addEventListener("paste", (event) => {
    const { tab, desk: mode } = document.documentElement.dataset;
    const file = fileOf(event.clipboardData);
    if (file && tab === "scrubber" && mode !== "forward" && !event.defaultPrevented) openFile(file);
  });
  for (const name of ["list-file", "empty-file"]) {
    part(name).onchange = ({ target }) => {
      if (target.files[0]) openFile(target.files[0]);
      target.value = ""; // the same file again is news, too
    };
  }
}
