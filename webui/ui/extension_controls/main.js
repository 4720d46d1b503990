// Joins the sections and keeps the value: {extension: {control: value}}, without what is at its default.

let held = structuredClone(props.value ?? {});
let told = null; // what the API said last: [{name, title, controls}, ...]; null: nothing yet
const sections = new Map();

function publish() {
  if (!same(held, props.value)) props.value = structuredClone(held);
  window.darkroom.formChanged();
}

function set(extension, control, value) {
  const values = { ...held[extension], [control.name]: value };
  if (same(value, control.default)) delete values[control.name];
  held = { ...held, [extension]: values };
  if (Object.keys(values).length === 0) delete held[extension];
  show();
  publish();
}

/** Values that were set for extensions that are not on: they stay, and it is said that nothing is done with them. */
function showKept() {
  const waiting = Object.keys(held).filter((name) => !sections.has(name));
  const box = part("kept");
  box.hidden = told === null || waiting.length === 0;
  if (box.hidden) return;
  const forget = make("button", { type: "button", className: "quiet", textContent: "Forget them" });
  forget.onclick = () => {
    held = Object.fromEntries(Object.entries(held).filter(([name]) => sections.has(name)));
    show();
    publish();
  };
  box.replaceChildren(make("span", { textContent: `Values for ${waiting.join(", ")} are kept, but not used: it is not on. ` }), forget);
}

function show() {
  for (const [name, section] of sections) section.show(held[name]);
  showKept();
}

function draw(extensions) {
  const open = new Set([...sections].filter(([, { node }]) => node.open).map(([name]) => name));
  sections.clear();
  for (const extension of extensions) {
    if (!extension.controls.length) continue;
    const section = new Section(extension, set);
    section.node.open = open.has(extension.name);
    sections.set(extension.name, section);
  }
  part("sections").replaceChildren(...[...sections.values()].map(({ node }) => node));
}

async function load() {
  try {
    const { extensions } = await window.darkroom.ask("/api/v1/extensions/controls");
    if (!same(extensions, told)) draw(extensions);
    told = extensions;
    show();
  } catch {
    // The next change, or the connection that comes back, asks again; what is drawn goes on working.
  }
}

/** For tabs of extensions: set controls of theirs, {control: value}; the others keep what they have. */
window.darkroom.setControls = (extension, values) => {
  const controls = sections.get(extension)?.controls ?? new Map();
  for (const [name, value] of Object.entries(values)) if (controls.has(name)) set(extension, controls.get(name).told, value);
};

watch("value", () => {
  if (same(props.value ?? {}, held)) return;
  held = structuredClone(props.value ?? {});
  show();
});

window.darkroom.listen((event) => {
  if (["snapshot", "extensions_changed"].includes(event.type)) load();
});
