// The line: the requests along it, and their pictures as they come, those nearest to its base first.

const AT_ONCE = 4; // pictures that walk together

class Line {
  constructor() {
    this.points = []; // {factor, text, request, url, strangeness, lost: no number of it is left}
    this.edge = null; // above it hardly any normal picture comes
    this.problem = null;
    this.working = null;
    this.measuring = null; // while the edge is being found
    this.listeners = [];
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  /** `what` is "line" for another one, else "points". */
  tell(what = "points") {
    this.listeners.forEach((listener) => listener(what));
  }

  get done() {
    return this.points.filter(({ url }) => url).length;
  }

  /** Draws the line of the draft; throws what the server says of it. */
  async draw() {
    this.cancel();
    const mine = (this.working = new AbortController());
    const request = baseRequest();
    try {
      const factors = draftFactors();
      const question = { request, base: draft.base, direction: draft.direction, factors, names: draftNames() };
      const { requests, texts } = await explore.beyond(question, mine.signal);
      this.points = requests.map((made, index) => ({ factor: factors[index], text: texts[index], request: made, url: null, strangeness: null, lost: false }));
      this.edge = null;
      this.tell("line");
      await this.findEdge(request.model, mine.signal);
      await this.develop(mine.signal);
    } finally {
      if (this.working === mine) this.working = null;
      this.tell();
    }
  }

  cancel() {
    this.working?.abort();
    this.working = this.measuring = null;
  }

  /** Where the normal range ends. A model is measured once, which takes as long as some dozens of pictures. */
  async findEdge(model, signal) {
    const mine = (this.measuring = new AbortController());
    const both = AbortSignal.any([signal, mine.signal]);
    this.tell();
    const { edge } = await explore.normal(model, both).catch(() => ({}));
    signal.throwIfAborted();
    this.measuring = null;
    this.edge = edge ?? null;
    this.tell();
  }

  /** Go on without the edge; what is measured by now is kept for the next line. */
  skipEdge() {
    this.measuring?.abort();
  }

  async develop(signal) {
    const waiting = [...this.points].sort((one, other) => Math.abs(one.factor) - Math.abs(other.factor));
    while (waiting.length) {
      const group = waiting.splice(0, AT_ONCE);
      const { pictures } = await explore.pictures(group.map(({ request }) => request), signal);
      pictures.forEach(({ url, strangeness, lost = false }, index) => Object.assign(group[index], { url, strangeness: strangeness ?? null, lost }));
      this.tell();
    }
  }

  /** The factors at which the line crosses the edge of the normal, between two pictures. */
  crossings() {
    if (this.edge === null) return [];
    const known = this.points.filter(({ strangeness, lost }) => lost || strangeness !== null).map(({ factor, strangeness, lost }) => ({ factor, far: lost ? Infinity : strangeness }));
    return known.slice(1).map((other, index) => this.crossing(known[index], other)).filter((factor) => factor !== null);
  }

  /** The factor between two neighbours where the edge is met, or null; next to a lost one it may be anywhere. */
  crossing(one, other) {
    if (one.far > this.edge === other.far > this.edge) return null;
    const share = Number.isFinite(one.far) && Number.isFinite(other.far) ? (this.edge - one.far) / (other.far - one.far) : 0.5;
    return one.factor + share * (other.factor - one.factor);
  }
}

const line = new Line();
