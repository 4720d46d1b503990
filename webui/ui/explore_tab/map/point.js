// The point: a place on the plane, or weights that were set by hand. What it means is asked of the server, which alone
// knows how places become weights: one question at a time, so that a drag is answered as fast as the server can.

class Point {
  /** `heard(now)` gets {weights, inside, request} with each answer. */
  constructor(store, heard, onProblem) {
    Object.assign(this, { store, heard, onProblem, place: null, weights: null, now: null });
    this.version = 0; // of what is asked; it may change while an answer is on its way
    this.running = null;
    this.answer = null;
  }

  get isSet() {
    return Boolean(this.place || this.weights);
  }

  /** As `ask`; the same place is not asked for twice. */
  moveTo(place) {
    if (this.answer && this.place?.x === place.x && this.place.y === place.y) return this.answer;
    this.place = place;
    this.weights = null;
    return this.ask();
  }

  weigh(weights) {
    this.place = null;
    this.weights = weights;
    return this.ask();
  }

  /** Asks anew, for the map or the form may have changed; true when this is what was asked last, and answered. */
  ask() {
    this.version += 1;
    this.answer = this.settled(this.version);
    return this.answer;
  }

  async settled(version) {
    this.running ??= this.run();
    const answered = await this.running;
    return answered && version === this.version;
  }

  async run() {
    for (;;) {
      const asked = this.version;
      const told = await this.askOnce().catch((problem) => (asked === this.version && this.onProblem(problem), null));
      if (told) this.heard((this.now = told));
      if (asked !== this.version) continue;
      this.running = null;
      if (!told) this.answer = null;
      return Boolean(told);
    }
  }

  async askOnce() {
    const question = this.place ? { at: [[this.place.x, this.place.y]] } : { weights: [this.weights] };
    const [told] = await explore.weights(this.store.document, question);
    return told;
  }
}
