// Joins the parts and keeps the value, which names the picture and the mask that the server has.
// trigger("chosen") tells of another picture or other margins, trigger("reuse") hands over a picture's parameters.

const NOTHING = { picture: null, width: 0, height: 0, name: "", mask: null };
let held = { ...NOTHING };
let turn = 0; // counts what is shown, so that what comes late is dropped
let arriving = Promise.resolve(); // the picture that is on its way

const board = new Board(() => masks.changed());
const masks = new MaskUpload(board.painter, (mask) => {
  held.mask = mask;
  publish();
});
const gestures = new Gestures(part("stage"), board);
const keys = new Keys(board, gestures);
const preparing = new Preparing((name, values) => begin(() => prepare(name, values)));
const what = new WhatIsThis(part("what"));

function publish() {
  const value = { ...held, margins: { ...board.margins } };
  if (JSON.stringify(value) !== JSON.stringify(props.value)) props.value = value;
  part("box").dataset.picture = held.picture ?? "";
  part("box").dataset.mask = held.mask ?? "";
}

function tellChosen() {
  publish();
  trigger("chosen", { value: { ...held, margins: { ...board.margins } } });
}

function showState() {
  const { picture, width, height, name } = held;
  const painting = board.painting;
  part("box").classList.toggle("painting", board.forPainting);
  part("choose").hidden = Boolean(picture);
  for (const shown of ["image", "frame", "picture-line"]) part(shown).hidden = !picture;
  for (const shown of ["mask-tools", "brush-settings", "zoom", "veil"]) part(shown).hidden = !painting;
  if (!painting) part("margins").hidden = true;
  part("name").textContent = part("name").title = name;
  part("size").textContent = picture ? `${width} x ${height}` : "";
  const stage = part("stage");
  stage.classList.toggle("paintable", painting);
  if (painting) stage.tabIndex = 0;
  else stage.removeAttribute("tabindex");
  stage.setAttribute("role", painting ? "application" : "group");
  stage.setAttribute("aria-label", painting ? "Painting area: the picture and its mask" : "Picture");
  part("image").alt = picture ? `The picture to start from${name ? `: ${name}` : ""}` : "";
  preparing.place(picture);
  what.place(picture);
  board.resize();
  showBrush(board);
  showMargins(board);
}

/** Show a picture that the server has; false if another one came meanwhile. */
async function show(picture, name = "") {
  const mine = ++turn;
  const image = part("image");
  if (picture) {
    image.src = addressOf(picture);
    await image.decode().catch(() => {
      if (mine === turn) throw new Problem("This picture is no longer in the server's store.", "Choose it again.");
    });
    if (mine !== turn) return false;
  } else image.removeAttribute("src");
  const size = picture ? { width: image.naturalWidth, height: image.naturalHeight } : null;
  held = { ...NOTHING, ...size, picture, name };
  board.open(size);
  masks.settled();
  showState();
  return true;
}

async function take(file) {
  notes.clear();
  const mine = ++turn;
  const answer = await withProgress((tell) => upload(file, tell));
  if (mine !== turn || !(await show(answer.id, file.name))) return;
  for (const note of answer.notes ?? []) notes.add("note", note);
  if (answer.fields) {
    const action = { name: "Use them", take: () => trigger("reuse", { fields: answer.fields }) };
    notes.add("note", "This picture carries the parameters it was made with.", { action });
  }
  say(`${file.name || "The picture"} is loaded, ${held.width} by ${held.height} pixels.`);
  tellChosen();
}

async function know(picture, name = "") {
  notes.clear();
  if (await show(picture, name)) tellChosen();
}

/** What a preprocessor makes of the picture takes its place; the mask stays where it still fits. */
async function prepare(name, values) {
  const before = held;
  const told = { method: "POST", json: { name, values } };
  const made = await window.darkroom.ask(`${addressOf(before.picture)}/preprocess`, told).catch(({ message, hint }) => {
    throw new Problem(message, hint);
  });
  if (held.picture !== before.picture) return; // another one was chosen meanwhile
  notes.clear();
  if (!(await show(made.id, [before.name, name].filter(Boolean).join(", ")))) return;
  if (before.mask && made.width === before.width && made.height === before.height) await adoptMask(before.mask, turn);
  const action = { name: "Take it back", take: () => begin(() => know(before.picture, before.name)) };
  notes.add("note", `This is what ${name} made of the picture.`, { action });
  tellChosen();
}

async function remove() {
  notes.clear();
  board.enlarge(false);
  await show(null);
  tellChosen();
  part("choose").focus();
}

async function takeMask(file) {
  const { bytes, original } = await maskFrom(file, held);
  board.painter.replace(bytes);
  const [was, is] = [original, held].map(({ width, height }) => `${width} x ${height}`);
  if (was !== is) notes.add("note", `The mask was ${was}; it is resized to the picture's ${is}.`);
}

/** Take over a value that a handler has set; what it does not name stays. */
async function adopt() {
  const value = { ...(props.value ?? {}) };
  const picture = value.picture ?? null;
  const another = picture !== held.picture;
  if (another && !(await show(picture, value.name))) return;
  const mine = turn;
  if (value.margins) board.setMargins({ ...board.margins, ...value.margins });
  if ("mask" in value && value.mask !== held.mask && picture) await adoptMask(value.mask, mine);
  if (mine !== turn) return;
  showState();
  const alone = Object.keys(value).every((name) => name === "picture" || name === "name");
  if (another && picture && alone) tellChosen();
  else publish();
}

async function adoptMask(mask, mine) {
  const bytes = mask ? (await maskFrom(await read(mask), held)).bytes : null;
  if (mine !== turn) return;
  board.painter.replace(bytes);
  masks.settled();
  held.mask = mask;
}

/** Runs what takes a while; a failure is told inside the component. */
function begin(work) {
  arriving = work().catch((problem) => {
    notes.problem(problem);
  });
  return arriving;
}

joinSources({
  take: (file) => begin(() => take(file)),
  know: (picture) => begin(() => know(picture)),
  wanted: () => part("box").matches(":hover, :focus-within"),
});
joinBrush(board);
joinTools(board, () => part("mask-file").click());
joinMargins(board, tellChosen);
part("remove").addEventListener("click", () => begin(remove));
part("mask-file").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  target.value = "";
  if (file) begin(() => takeMask(file));
});
part("stage").setAttribute("aria-describedby", (part("keys-told").id = `${element.id}-keys`));

window.darkroom.beforeSubmit ??= [];
window.darkroom.beforeSubmit.push(async () => {
  await arriving;
  if (!board.painting) return;
  board.painter.settle();
  await masks.flush();
});

watch(["value", "painting"], () => begin(adopt));
window.addEventListener("darkroom:tab", () => {
  if (!board.forPainting) board.enlarge(false);
  showState();
});
showState();
begin(adopt);
