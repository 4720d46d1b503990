// What is shown of a step: six views at the same position, and a sentence where one of them takes a while.

const VIEW_NAMES = {
  x0: "Predicted picture",
  xt: "Noisy",
  delta: "What changed",
  noise: "Predicted noise",
  channels: "Channels",
  guidance: "Guidance",
};

function viewName(view) {
  return VIEW_NAMES[view];
}

class Views {
  constructor() {
    this.inputs = new Map();
    for (const view of DESK_VIEWS) part("views").append(this.choice(view));
    this.why = make("button", { type: "button", className: "why", textContent: "?" });
    part("views").append(this.why);
  }

  choice(view) {
    const input = make("input", {
      type: "radio",
      name: "scrub-view",
      value: view,
      className: "visually-hidden",
      onchange: () => desk.show(view),
      attributes: { "data-testid": `view-${view}` },
    });
    this.inputs.set(view, input);
    return make("label", { className: "view" }, [input, make("span", { textContent: VIEW_NAMES[view] })]);
  }

  show() {
    this.inputs.get(desk.view).checked = true;
    this.why.dataset.explain = desk.view;
    this.why.setAttribute("aria-label", `What is this: ${viewName(desk.view)}`);
    const { offsetLeft, offsetWidth } = this.inputs.get(desk.view).parentElement;
    const list = part("views"); // on a phone it scrolls sideways
    list.scrollLeft = between(offsetLeft + offsetWidth + 40 - list.clientWidth, list.scrollLeft, offsetLeft - 16);
  }

  /** By the keys 1 to 6. */
  showNumber(number) {
    const view = DESK_VIEWS[number - 1];
    if (view) desk.show(view);
  }
}

const views = new Views();

/** What stands over the picture while there is none, or none yet. */
function sayOnStage() {
  const { frames, view, position } = desk;
  const found = frames?.at(view, position);
  const word = found || !frames ? "" : waitingWord(frames, view, position);
  part("stage-word").textContent = word;
  part("stage-word").hidden = !word;
}

function waitingWord(frames, view, position) {
  const problem = frames.problems.get(view) ?? (frames.onDemand(view) ? frames.sharp.problem : null);
  if (problem) return [problem.message, problem.hint].filter(Boolean).join(" ");
  if (frames.onDemand(view)) {
    if (document.documentElement.hasAttribute("data-working"))
      return "A picture is being made; between its steps the model looks at this one.";
    return `Asking the model again for ${placeInWords(position)}: once with the prompt and once without.`;
  }
  return `Computing ${viewName(view).toLowerCase()} of every step.`;
}
