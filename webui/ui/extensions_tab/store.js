// What the tab knows: the extensions that are here, what the index offers, and what is being done.

const EXTENSIONS = "/api/v1/extensions";

class Store {
  constructor() {
    this.told = null; // {extensions: [card, ...], safe_mode, allowed, refusal, folder}; null: not here yet
    this.index = [];
    this.listeners = [];
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  changed() {
    for (const listener of this.listeners) listener();
  }

  get allowed() {
    return this.told?.allowed !== false;
  }

  get cards() {
    return this.told?.extensions ?? [];
  }

  async load() {
    try {
      this.told = await window.darkroom.ask(EXTENSIONS);
    } catch (problem) {
      tell(problem);
    }
    this.changed();
  }

  async loadIndex() {
    this.index = (await window.darkroom.ask(`${EXTENSIONS}/index`).catch(() => ({ entries: [] }))).entries;
    this.changed();
  }

  /** Take over the newer state of one card, as an answer brings it. */
  take(card) {
    if (!this.told || !card?.name) return;
    this.told.extensions = this.cards.map((one) => (one.name === card.name ? card : one));
    this.changed();
  }
}

const store = new Store();

function say(words) {
  part("said").textContent = words;
}

function button(words, testid, onclick, className = "quiet") {
  return make("button", { type: "button", className, textContent: words, onclick, attributes: { "data-testid": testid } });
}

function paragraph(textContent, className = "") {
  return make("p", { className, textContent });
}
