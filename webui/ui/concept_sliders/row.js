// One concept slider of the form: what it is called, where it stands, its two ends, and when it counts.

const LARGEST = 10;

class SliderRow {
  constructor(slider, { onChange, onRemove }) {
    this.slider = { ...slider };
    this.onChange = onChange;
    this.name = make("span", { className: "slider-name" });
    this.number = make("input", { type: "number", inputMode: "decimal", step: 0.1, min: -LARGEST, max: LARGEST, attributes: { "data-testid": "slider-number" } });
    this.range = make("input", { type: "range", attributes: { "data-testid": "slider-range" } });
    this.low = make("span", { className: "slider-end" });
    this.high = make("span", { className: "slider-end high" });
    const remove = make("button", { type: "button", className: "slider-remove icon-x", title: "Take it out" });
    this.removing = remove;
    this.more = make("details", { className: "slider-more" }, [make("summary", { textContent: "Ends and steps" }), this.fields()]);
    this.node = make("li", { className: "slider-row", attributes: { "data-testid": "slider-row" } }, [
      make("div", { className: "slider-head" }, [this.name, this.number, remove]),
      this.range,
      make("div", { className: "slider-ends" }, [this.low, this.high]),
      this.more,
    ]);
    this.range.oninput = () => this.set({ value: this.range.valueAsNumber });
    this.range.ondblclick = () => this.set({ value: 0 });
    this.number.onchange = () => this.number.value === "" ? this.show(this.slider) : this.set({ value: between(-LARGEST, this.number.valueAsNumber, LARGEST) });
    remove.onclick = () => onRemove(this);
    this.show(this.slider);
  }

  /** The prompts of the ends and the shares of the walk, which are seldom touched. */
  fields() {
    this.inputs = new Map();
    const field = (name, words, input) => {
      input.setAttribute("data-field", name);
      this.inputs.set(name, input);
      return make("label", {}, [make("span", { textContent: words }), input]);
    };
    const prompt = () => make("textarea", { rows: 1, maxLength: 20_000, spellcheck: false });
    const share = () => make("input", { type: "number", inputMode: "decimal", min: 0, max: 1, step: 0.05 });
    const box = make("div", { className: "slider-fields" }, [
      field("low", "Towards -1", prompt()),
      field("high", "Towards 1", prompt()),
      field("start", "From (share of steps)", share()),
      field("end", "Until", share()),
    ]);
    for (const name of ["low", "high"]) this.inputs.get(name).oninput = ({ target }) => this.set({ [name]: target.value });
    for (const name of ["start", "end"])
      this.inputs.get(name).onchange = ({ target }) => target.value === "" ? this.show(this.slider) : this.set({ [name]: between(0, target.valueAsNumber, 1) });
    return box;
  }

  set(changes) {
    this.show({ ...this.slider, ...changes });
    this.onChange();
  }

  show(slider) {
    this.slider = slider;
    const called = slider.name || "Two prompts";
    this.name.textContent = this.name.title = called;
    for (const input of [this.number, this.range]) input.setAttribute("aria-label", `${called}: value`);
    this.removing.setAttribute("aria-label", `Take ${called} out`);
    this.low.textContent = this.low.title = slider.low || "one end";
    this.high.textContent = this.high.title = slider.high || "the other end";
    this.number.value = Number(slider.value.toFixed(3));
    showOnRange(this.range, slider.value);
    for (const [name, input] of this.inputs) if (input !== document.activeElement) input.value = slider[name];
  }
}
