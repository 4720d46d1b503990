// Joins the rows and keeps the value, the `sliders` of a request; offers those that are kept on the server.

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

let rows = [];
let kept = [];

const held = () => rows.map(({ slider }) => slider);

function publish() {
  if (!same(held(), props.value)) props.value = structuredClone(held());
  window.darkroom.formChanged();
}

function changed() {
  part("empty").hidden = rows.length > 0;
  const full = rows.length >= props.most;
  part("kept").disabled = part("new").disabled = full;
  part("new").title = full ? `There can be ${props.most} at once.` : "";
}

function remove(row) {
  const place = rows.indexOf(row);
  rows.splice(place, 1);
  row.node.remove();
  changed();
  publish();
  (rows[Math.min(place, rows.length - 1)]?.range ?? part("new")).focus();
}

function append(slider) {
  const row = new SliderRow(slider, { onChange: publish, onRemove: remove });
  rows.push(row);
  part("rows").append(row.node);
  return row;
}

function add(slider) {
  const row = append(slider);
  changed();
  publish();
  return row;
}

/** Draw the rows of a value that came from elsewhere: a draft, a picture, the sliders' panel. */
function draw(sliders) {
  rows = [];
  part("rows").replaceChildren();
  sliders.forEach(append);
  changed();
}

function offer() {
  const words = kept.length ? "Add a kept slider" : "No slider is kept yet";
  part("kept").replaceChildren(new Option(words, ""), ...kept.map(({ name, low, high }) => new Option(`${name}: ${low} to ${high}`, name)));
  part("kept").hidden = kept.length === 0;
}

async function load() {
  try {
    kept = (await window.darkroom.ask("/api/v1/sliders")).sliders;
    offer();
  } catch {
    // The next change, or the connection that comes back, asks again.
  }
}

part("kept").onchange = ({ target }) => {
  const chosen = kept.find(({ name }) => name === target.value);
  target.value = "";
  if (chosen) add(chosen).range.focus();
};

part("new").onclick = () => {
  const row = add({ name: "", low: "", high: "", value: 1, start: 0, end: 1 });
  row.more.open = true;
  row.inputs.get("low").focus();
};

part("explore").onclick = () => window.darkroom.showExplorer("sliders");

watch("value", () => {
  if (!same(props.value ?? [], held())) draw(props.value ?? []);
});

window.darkroom.listen((event) => {
  if (["snapshot", "sliders_changed"].includes(event.type)) load();
});

draw(props.value ?? []);
offer();
