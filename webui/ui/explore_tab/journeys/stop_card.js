// A stop of the list: its number or picture, its words, what else it says, and the way from it to the next.

/** "0.3 a cat + 0.7 a dog": what is blended, shortened for a line. */
function blendInWords({ ideas }) {
  return ideas.map(({ prompt, weight }) => `${Number(weight.toFixed(2))} ${prompt}`).join(" + ").replaceAll("+ -", "\u2212 ");
}

function stopTool(name, sign, run, enabled = true) {
  const attributes = { "aria-label": name };
  return make("button", { type: "button", className: "quiet icon-only", title: name, disabled: !enabled, onclick: run, attributes }, [icon(sign)]);
}

/** A number of a stop; what is no number of that range is not taken. */
function stopNumber(stop, field, name, { min, max, step = 1, whole = true }) {
  const box = make("input", { type: "number", min, max, step, value: stop[field], inputMode: whole ? "numeric" : "decimal" });
  box.dataset.testid = `stop-${field.replace("_", "-")}`;
  box.addEventListener("input", () => {
    const value = box.valueAsNumber;
    const usable = value >= min && value <= max && (!whole || Number.isInteger(value));
    box.setAttribute("aria-invalid", String(!usable));
    if (!usable) return;
    stop[field] = value;
    stopEdited(stop);
  });
  return make("label", { className: "explore-field" }, [make("span", { textContent: name }), box]);
}

function stopText(stop, field, name, rows) {
  const box = make("textarea", { rows, value: stop[field] ?? "", spellcheck: false, attributes: { "aria-label": name } });
  box.dataset.testid = `stop-${field.replace("_", "-")}`;
  box.addEventListener("input", () => {
    stop[field] = box.value;
    stopEdited(stop);
  });
  return box;
}

/** A picture of what the stop was before is not its picture. */
function stopEdited(stop) {
  if (!stop.picture) stop.thumb = null;
  plan.changed();
}

/** What a stop has from a map, a slider or a picture, each with a way to drop it. */
function stopNotes(stop) {
  const notes = [
    [stop.picture, "Starts from this picture", "picture", null],
    [stop.blend, stop.blend && blendInWords(stop.blend), "blend", null],
    [stop.sliders?.length, stop.sliders?.length === 1 ? "1 concept slider" : `${stop.sliders?.length} concept sliders`, "sliders", []],
    [stop.noise_turns?.length, "Turned noise", "noise_turns", []],
  ];
  return notes.filter(([there]) => there).map(([, words, field, empty]) => {
    const drop = () => {
      stop[field] = empty;
      if (field === "picture") stop.thumb = null;
      plan.changed("stops");
    };
    return make("p", { className: "stop-note" }, [make("span", { textContent: words, title: words }), stopTool(`Without: ${words}`, "x", drop)]);
  });
}

function stopFace(stop, index) {
  const number = make("span", { className: "stop-number", textContent: String(index + 1) });
  if (!stop.thumb) return make("div", { className: "stop-face" }, [number]);
  return make("div", { className: "stop-face pictured" }, [make("img", { src: stop.thumb, alt: "", decoding: "async" }), number]);
}

function stopTools(index) {
  const last = plan.stops.length - 1;
  return make("div", { className: "stop-tools" }, [
    stopTool("Earlier", "arrow-up", () => moveStop(index, index - 1), index > 0),
    stopTool("Later", "arrow-down", () => moveStop(index, index + 1), index < last),
    stopTool("Once more", "copy", () => plan.add({ ...plan.stops[index] }, index + 1), !plan.full),
    stopTool("Remove", "x", () => plan.remove(index), plan.stops.length > 2),
  ]);
}

/** The focus goes with the stop, so that it can be moved on by the same key. */
function moveStop(from, to) {
  plan.move(from, to);
  const name = to < from ? "Earlier" : "Later";
  const card = part("stops").children[to];
  (card.querySelector(`[aria-label="${name}"]:enabled`) ?? card.querySelector(".stop-tools button:enabled"))?.focus();
}

function stopFields(stop) {
  return make("div", { className: "stop-fields" }, [
    stopNumber(stop, "seed", "Seed", { min: 0, max: 2 ** 63 }),
    stopNumber(stop, "cfg_scale", "CFG scale", { min: 0, max: 30, step: 0.5, whole: false }),
  ]);
}

/** How many frames lead to the next stop, or back to the first. */
function stopWay(stop, index) {
  const next = index + 1 < plan.stops.length ? `to stop ${index + 2}` : "back to stop 1";
  const box = stopNumber(stop, "frames", `frames ${next}`, { min: 1, max: MOST_FRAMES });
  return make("div", { className: "stop-way" }, [box]);
}

function stopCard(stop, index) {
  const more = make("details", { className: "stop-more", open: Boolean(stop.negative_prompt) }, [
    make("summary", { textContent: "Negative prompt" }),
    stopText(stop, "negative_prompt", "Negative prompt", 2),
  ]);
  const words = make("div", { className: "stop-words" }, [
    stopText(stop, "prompt", `Prompt of stop ${index + 1}`, 2),
    ...stopNotes(stop),
    stopFields(stop),
    more,
  ]);
  const card = make("div", { className: "stop-card" }, [stopFace(stop, index), words, stopTools(index)]);
  const leads = plan.manner.loop || index + 1 < plan.stops.length;
  const made = make("li", { className: "stop" }, leads ? [card, stopWay(stop, index)] : [card]);
  made.dataset.testid = "stop";
  return made;
}

function drawStops() {
  part("stops").replaceChildren(...plan.stops.map(stopCard));
}
