// Joins the shelf, the form and the trial: a slider is made from two prompts, tried, and kept.

const fields = part("form").elements;
const words = part("words").elements;
const mayKeep = window.darkroom.role === "admin";
let kept = [];
let opened = ""; // the name of the kept slider that stands in the form
let trial = [];
let chosen = null;
let trying = null;

// The form

/** The slider as it stands in the form, without a value. */
function typed() {
  const share = (name, usual) => (fields[name].value === "" ? usual : fields[name].valueAsNumber);
  return { name: fields.name.value.trim(), low: fields.low.value.trim(), high: fields.high.value.trim(), start: share("start", 0), end: share("end", 1) };
}

function open({ name = "", low = "", high = "", start = 0, end = 1, prompt }, asKept = true) {
  Object.assign(fields.name, { value: name });
  for (const [field, value] of Object.entries({ low, high, start, end })) fields[field].value = value;
  if (prompt) words.prompt.value = prompt;
  opened = asKept ? name : "";
  problemAt(part("form-messages"), null);
  showEnds();
  drawShelf();
}

function showEnds() {
  part("low-end").textContent = fields.low.value.trim();
  part("high-end").textContent = fields.high.value.trim();
}

// The shelf

function drawShelf() {
  const onOpen = (slider) => {
    open(slider);
    attempt();
  };
  part("shelf").replaceChildren(...kept.map((slider) => shelfEntry(slider, { open: slider.name === opened, onOpen })));
  part("none").hidden = part("examples").hidden = kept.length > 0;
  part("keeping").hidden = !mayKeep;
  const known = kept.some(({ name }) => name === opened);
  part("delete").hidden = !known;
  part("save").textContent = known && fields.name.value.trim() === opened ? "Keep changes" : "Keep";
}

async function load() {
  try {
    kept = (await shelf.kept()).sliders;
    if (!kept.some(({ name }) => name === opened)) opened = "";
    drawShelf();
  } catch {
    // The next change, or the connection that comes back, asks again.
  }
}

async function keep() {
  const slider = typed();
  if (!slider.name) {
    problemAt(part("form-messages"), { message: "It needs a name to be kept under.", hint: "Type one beside the button." });
    return fields.name.focus();
  }
  try {
    await shelf.keep({ ...slider, value: chosen?.value || 1 });
    opened = slider.name;
    problemAt(part("form-messages"), null);
    await load();
  } catch (problem) {
    problemAt(part("form-messages"), problem);
  }
}

async function remove() {
  try {
    kept = (await shelf.remove(opened)).sliders;
    opened = "";
    drawShelf();
  } catch (problem) {
    problemAt(part("form-messages"), problem);
  }
}

// The trial

function say(text, alive = false) {
  part("status").textContent = text;
  part("status").classList.toggle("alive", alive);
}

function choose(picture) {
  chosen = picture;
  for (const each of trial) each.choose(each === picture);
  part("sends").hidden = !picture;
  if (picture) say(`at ${picture.value}`);
}

/** What the trial's pictures share: the settings of the making tabs with the words and the seed that stand here. */
function base() {
  const seed = words.seed.value === "" ? baseRequest().seed : words.seed.valueAsNumber;
  return { ...baseRequest(), prompt: words.prompt.value, seed };
}

function showSettings() {
  part("settings").textContent = baseInWords(base());
}

/** Fill what is empty with the form's prompt and seed, when the panel is shown. */
function takeForm() {
  const [form] = window.darkroom.readDraft();
  if (!words.prompt.value) words.prompt.value = form?.prompt ?? "";
  if (words.seed.value === "") words.seed.value = baseRequest().seed;
  showSettings();
}

async function attempt() {
  const slider = typed();
  problemAt(part("messages"), null);
  if (!slider.low && !slider.high) {
    problemAt(part("messages"), { message: "The slider has no ends yet.", hint: "Say in two prompts what it goes from and to." });
    return;
  }
  trying?.abort();
  const mine = (trying = new AbortController());
  const values = words.values.value.split(" ").map(Number);
  const requests = trialRequests(base(), slider, values);
  trial = values.map((value) => new TrialPicture(value, choose));
  choose(null);
  part("pictures").replaceChildren(...trial.map(({ node }) => node));
  showSettings();
  say(`making ${values.length} pictures`, true);
  try {
    const { pictures } = await explore.pictures(requests, mine.signal);
    trial.forEach((picture, index) => picture.show(requests[index], pictures[index]));
    choose(trial.at(-1));
  } catch (problem) {
    if (mine.signal.aborted) return;
    say("");
    problemAt(part("messages"), problem);
  }
}

// Ways from here

/** Put the slider into the form beside those that are there, in the place of one of its name. */
async function use() {
  const [form] = window.darkroom.readDraft();
  const slider = { ...typed(), value: chosen.value };
  const others = (form?.sliders ?? []).filter(({ name }) => !name || name !== slider.name);
  await window.darkroom.fill({ form: { sliders: [...others, slider] }, tab: "txt2img" });
  window.darkroom.openSectionOf("sliders");
}

part("examples").replaceChildren(...EXAMPLES.map((example) => exampleButton(example, (each) => { open(each, false); attempt(); })));
part("new").onclick = () => { open({}); fields.low.focus(); };
part("form").oninput = () => { showEnds(); drawShelf(); };
part("form").onsubmit = (event) => event.preventDefault();
part("save").onclick = keep;
part("delete").onclick = remove;
part("words").onsubmit = (event) => { event.preventDefault(); attempt(); };
part("words").oninput = showSettings;
part("dice").onclick = () => { words.seed.value = drawSeed(); showSettings(); if (trial.length) attempt(); };
part("use").onclick = use;
part("to-txt2img").onclick = () => sendToTxt2img(chosen.request);
part("to-journey").onclick = () => { window.darkroom.addStop(chosen.request, chosen.url); say("added to the journey"); };

window.addEventListener("darkroom:explore", ({ detail }) => detail === "sliders" && takeForm());
window.addEventListener("darkroom:form", showSettings);
window.darkroom.listen((event) => {
  if (["snapshot", "sliders_changed"].includes(event.type)) load();
});

drawShelf();
takeForm();
part("panel").dataset.ready = "true";
