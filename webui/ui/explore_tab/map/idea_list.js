// The ideas as a list: their words to edit, and a slider each for its weight, below 0 and above 1 too.

const LEAST_SHOWN = -1; // of the sliders; the number beside one takes any weight
const MOST_SHOWN = 2;
const MOST_WEIGHT = 20;

class IdeaList {
  /** `weigh(weights)` hears that weights were moved by hand. */
  constructor(store, weigh) {
    Object.assign(this, { store, weigh, rows: [], weights: [] });
  }

  show() {
    const { ideas } = this.store;
    while (this.rows.length > ideas.length) this.rows.pop().node.remove();
    while (this.rows.length < ideas.length) this.rows.push(this.row(this.rows.length));
    ideas.forEach(({ prompt }, index) => {
      const { words, remove } = this.rows[index];
      if (document.activeElement !== words) words.value = prompt;
      remove.disabled = ideas.length <= FEWEST_IDEAS;
    });
    part("ideas").append(...this.rows.map(({ node }) => node).filter((node) => !node.isConnected));
    part("added").disabled = ideas.length >= MOST_IDEAS;
    part("added").placeholder = ideas.length >= MOST_IDEAS ? "Twelve ideas are the most" : "Another idea";
  }

  row(index) {
    const letter = LETTERS[index];
    const words = make("input", { type: "text", maxLength: 2000, attributes: { "aria-label": `Idea ${letter}`, autocomplete: "off", "data-testid": "map-idea-words" } });
    words.onchange = () => this.rename(index, words);
    const remove = make("button", { type: "button", className: "quiet icon-only", title: "Remove this idea", attributes: { "aria-label": `Remove idea ${letter}`, "data-testid": "map-idea-remove" } }, [icon("x")]);
    remove.onclick = () => this.store.remove(index);
    const slider = make("input", { type: "range", min: LEAST_SHOWN, max: MOST_SHOWN, step: 0.01, value: 0, attributes: { "aria-label": `Weight of idea ${letter}`, "data-testid": "map-weight" } });
    const number = make("input", { type: "number", min: -MOST_WEIGHT, max: MOST_WEIGHT, step: 0.01, value: 0, attributes: { "aria-label": `Weight of idea ${letter} as a number`, "data-testid": "map-weight-number" } });
    slider.oninput = () => this.moved(index, Number(slider.value));
    number.onchange = () => this.moved(index, between(-MOST_WEIGHT, Number(number.value) || 0, MOST_WEIGHT));
    const node = make("li", { className: "map-row" }, [
      make("span", { className: "dot-letter", textContent: letter, attributes: { "aria-hidden": "true" } }),
      words,
      remove,
      slider,
      number,
    ]);
    return { node, words, remove, slider, number };
  }

  rename(index, words) {
    const prompt = words.value.trim();
    if (prompt) this.store.rename(index, prompt);
    else words.value = this.store.ideas[index].prompt;
  }

  moved(index, weight) {
    const weights = this.store.ideas.map((_, place) => (place === index ? weight : (this.weights[place] ?? 0)));
    this.showWeights(weights);
    this.weigh(weights);
  }

  showWeights(weights) {
    this.weights = weights;
    this.rows.forEach(({ slider, number, node }, index) => {
      const weight = weights[index] ?? 0;
      slider.value = weight;
      slider.setAttribute("aria-valuetext", twoDigits(weight));
      number.value = twoDigits(weight);
      const share = (value) => `${(100 * (between(LEAST_SHOWN, value, MOST_SHOWN) - LEAST_SHOWN)) / (MOST_SHOWN - LEAST_SHOWN)}%`;
      slider.style.setProperty("--from", share(Math.min(0, weight)));
      slider.style.setProperty("--to", share(Math.max(0, weight)));
      node.classList.toggle("beyond", weight < 0 || weight > 1);
    });
  }
}
