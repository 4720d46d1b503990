// One control of an extension: a label with a way back to the default, what is set, and what it means.

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function inWords(control, value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (control.kind === "choice") return choicesOf(control).find(([one]) => one === value)?.[1] ?? String(value);
  return value === "" ? "the default" : String(value);
}

/** Choices are values, or values with the words for them: [[value, words], ...]. */
function choicesOf({ choices = [] }) {
  return choices.map((choice) => (Array.isArray(choice) ? [choice[0], String(choice[1])] : [choice, String(choice)]));
}

class Control {
  constructor(extension, told, onSet) {
    this.told = told;
    this.onSet = onSet;
    this.id = `extra-${extension}-${told.name}`;
    this.name = make("span", { className: "control-name", textContent: told.label });
    this.label = make("label", { className: "control-label", htmlFor: this.id }, [this.name]);
    this.back = make("button", { type: "button", className: "field-reset icon-rotate-ccw", hidden: true });
    this.back.onclick = () => this.onSet(told.default);
    this.node = make("div", { id: `field-extras-${extension}-${told.name}`, className: `extra-control ${told.kind}`, attributes: { "data-testid": "extra-control", "data-control": told.name } });
    this.draw();
    this.show(told.default);
  }

  draw() {
    const input = this.input();
    input.id = this.id;
    const words = this.told.info ? [make("p", { id: `${this.id}-info`, className: "control-info", textContent: this.told.info })] : [];
    if (words.length) input.setAttribute("aria-describedby", `${this.id}-info`);
    const head = make("div", { className: "control-head" }, [this.label, this.back]);
    this.node.append(...this.inOrder(head, input), ...words);
  }

  inOrder(head, input) {
    return [head, input];
  }

  /** The value that holds now. */
  show(value) {
    this.value = value;
    const changed = !same(value, this.told.default);
    this.node.classList.toggle("changed", changed);
    this.back.hidden = !changed;
    this.back.title = `Back to ${inWords(this.told, this.told.default)}`;
    this.back.setAttribute("aria-label", `${this.back.title}: ${this.told.label}`);
    this.put(value);
  }
}

class NumberControl extends Control {
  input() {
    this.box = make("input", { type: "number", inputMode: "decimal" });
    this.limit(this.box);
    this.box.onchange = () => this.typed(this.box.valueAsNumber);
    return this.box;
  }

  limit(field) {
    const { minimum, maximum, step } = this.told;
    for (const [name, limit] of Object.entries({ min: minimum, max: maximum, step: step ?? "any" })) if (limit !== null && limit !== undefined) field[name] = limit;
  }

  typed(number) {
    if (!Number.isFinite(number)) return this.put(this.value);
    this.onSet(between(this.told.minimum ?? -Infinity, number, this.told.maximum ?? Infinity));
  }

  put(value) {
    this.box.value = value;
  }
}

class SliderControl extends NumberControl {
  input() {
    this.range = make("input", { type: "range" });
    this.limit(this.range);
    this.range.oninput = () => this.onSet(this.range.valueAsNumber);
    return super.input();
  }

  inOrder(head, box) {
    this.range.setAttribute("aria-label", this.told.label);
    head.append(box);
    return [head, make("div", { className: "slider_input_container" }, [this.range])];
  }

  put(value) {
    super.put(value);
    this.range.value = value;
    const { minimum, maximum } = this.told;
    this.range.style.setProperty("--range_progress", `${(100 * (value - minimum)) / (maximum - minimum || 1)}%`);
  }
}

class SwitchControl extends Control {
  input() {
    this.box = make("input", { type: "checkbox" });
    this.box.onchange = () => this.onSet(this.box.checked);
    return this.box;
  }

  inOrder(head, box) {
    head.prepend(box);
    return [head];
  }

  put(value) {
    this.box.checked = Boolean(value);
  }
}

class ChoiceControl extends Control {
  input() {
    this.choices = choicesOf(this.told);
    this.box = make("select", {}, this.choices.map(([, words], index) => new Option(words, index)));
    this.box.onchange = () => this.onSet(this.choices[Number(this.box.value)][0]);
    return this.box;
  }

  put(value) {
    this.box.value = this.choices.findIndex(([one]) => one === value);
  }
}

class TextControl extends Control {
  input() {
    this.box = make("textarea", { rows: this.told.lines ?? 1, maxLength: 2000, spellcheck: false });
    this.box.oninput = () => this.onSet(this.box.value);
    return this.box;
  }

  put(value) {
    if (this.box.value !== value) this.box.value = value;
    this.box.style.height = "";
    if (this.box.scrollHeight > this.box.clientHeight) this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }
}

const CONTROLS = { slider: SliderControl, number: NumberControl, switch: SwitchControl, choice: ChoiceControl, text: TextControl };

/** The control for what the API told; a kind that this page does not know is typed as text. */
function controlFor(extension, told, onSet) {
  return new (CONTROLS[told.kind] ?? TextControl)(extension, told, onSet);
}
