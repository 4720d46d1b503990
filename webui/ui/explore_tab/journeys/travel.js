// The journey that is made or was made: asked of the server, told again with each event of its series.

const ASK_AGAIN_MS = 400; // of a journey that is being made; its events come with every picture

class Travel {
  constructor() {
    this.told = null; // the server's answer for the journey that is open
    this.listeners = [];
    this.asking = null;
    window.darkroom.listen((event) => this.hear(event));
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  get id() {
    return this.told?.id ?? null;
  }

  get frames() {
    return this.told?.frames ?? [];
  }

  get going() {
    return ["running", "cancelling"].includes(this.told?.status);
  }

  hear(event) {
    const ours = event.type === "series" && (event.series ?? event.id) === this.id;
    const backAgain = event.type === "snapshot" && this.going;
    if (ours || backAgain) this.askSoon();
  }

  /** Events come in bursts: one question for all of them. */
  askSoon() {
    this.asking ??= setTimeout(() => this.ask(), ASK_AGAIN_MS);
  }

  async ask() {
    this.asking = null;
    const { id } = this;
    const told = await journeyApi.one(id).catch(() => null); // the next event or snapshot asks again
    if (told && id === this.id) this.show(told);
  }

  show(told) {
    const other = told?.id !== this.id;
    this.told = told;
    this.listeners.forEach((listener) => listener(other));
  }

  async open(id) {
    this.show(await journeyApi.one(id));
  }
}

const travel = new Travel();
