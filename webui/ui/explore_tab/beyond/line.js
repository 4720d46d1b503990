// The line: the requests along it, and their pictures as they come, those nearest to its base first.

const AT_ONCE = 4; // pictures that walk together

class Line {
  constructor() {
    this.points = []; // {factor, text, request, url, strangeness, lost: no number of it is left}
    this.edge = null; // above it hardly any normal picture comes
    this.problem = null;
    this.working = null;
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
      this.findEdge(request.model, mine.signal);
      await this.develop(mine.signal);
    } finally {
      if (this.working === mine) this.working = null;
      this.tell();
    }
  }

  cancel() {
    this.working?.abort();
    this.working = null;
  }

  /** Where the normal range ends; a model may have to be measured first, and the pictures do not wait for that. */
  async findEdge(model, signal) {
    const { edge } = await explore.normal(model, signal).catch(() => ({}));
    if (signal.aborted) return;
    this.edge = edge ?? null;
    this.tell();
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

  /** Where the line leaves the normal range: the factors nearest to its base on both sides, between two pictures. */
  crossings() {
    if (this.edge === null) return [];
    const known = this.points.filter(({ strangeness, lost }) => lost || strangeness !== null).map(({ factor, strangeness, lost }) => ({ factor, far: lost ? Infinity : strangeness }));
    const found = known.slice(1).map((other, index) => this.crossing(known[index], other)).filter((factor) => factor !== null);
    return [found.filter((factor) => factor < 0).at(-1), found.find((factor) => factor >= 0)].filter((factor) => factor !== undefined);
  }

  /** The factor between two neighbours where the edge is met, or null; next to a lost one it may be anywhere. */
  crossing(one, other) {
    if (one.far > this.edge === other.far > this.edge) return null;
    const share = Number.isFinite(one.far) && Number.isFinite(other.far) ? (this.edge - one.far) / (other.far - one.far) : 0.5;
    return one.factor + share * (other.factor - one.factor);
  }
}

const line = new Line();
