// The point: a place on the plane, or weights that were set by hand. What it means is asked of the server, which alone
// knows how places become weights.

class Point {
  /** `heard(now)` gets {place, weights, inside, request} when the server has answered. */
  constructor(store, heard, onProblem) {
    Object.assign(this, { store, heard, onProblem, place: null, weights: null, now: null, asking: null, answer: null });
  }

  get isSet() {
    return Boolean(this.place || this.weights);
  }

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

  /** Asks anew, for the map or the form may have changed; true when the answer is the newest one's. */
  ask() {
    this.answer = this.askNow();
    return this.answer;
  }

  async askNow() {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const { place } = this;
    try {
      const question = place ? { at: [[place.x, place.y]] } : { weights: [this.weights] };
      const [told] = await explore.weights(this.store.document, question, signal);
      if (signal.aborted) return false;
      this.now = { place, ...told };
      this.heard(this.now);
      return true;
    } catch (problem) {
      if (signal.aborted) return false;
      this.answer = null;
      this.onProblem(problem);
      return false;
    }
  }
}
