// The guided tour: five stops on one picture's way from noise. It moves the slider and the view by itself, and says a
// few words at each. Where there is no recording yet, it has one made first.

const TOUR_PICTURE = { prompt: "a lighthouse at night, crescent moon", seed: 7, steps: 20 };
const BUNDLED = "postcard"; // the model that knows the words of that prompt
const TRAVEL_MS = 900; // from one stop to the next

/** The bundled model if it is here, with its size; else whatever is the default. */
async function tourRequest() {
  const models = await window.darkroom.ask("/api/v1/models").catch(() => []);
  const model = models.find(({ name }) => name === BUNDLED) ?? models[0];
  const size = model ? { model: model.name, width: model.default_width, height: model.default_height } : {};
  return { ...TOUR_PICTURE, ...size };
}

class Tour {
  constructor() {
    this.stops = [];
    this.stop = 0;
    this.travel = 0; // counts journeys, so that one that was overtaken ends
    this.making = null; // the AbortController of the picture that is made first
    this.card = this.makeCard();
    for (const place of ["tour-place", "tour-place-empty"]) part(place).append(this.startButton());
    desk.on("recording", () => this.stops.length && !this.opening && this.end());
  }

  startButton() {
    const button = make("button", { type: "button", className: "quiet", onclick: () => this.start() }, [
      icon("route"),
      make("span", { textContent: "Guided tour" }),
    ]);
    button.dataset.testid = "tour-start";
    return button;
  }

  makeCard() {
    const attributes = { role: "region", "aria-label": "Guided tour", "data-testid": "tour", tabindex: "-1" };
    const card = make("section", { className: "tour", hidden: true, attributes });
    this.place = make("p", { className: "tour-step", attributes: { "data-testid": "tour-step" } });
    this.title = make("h2", { attributes: { "data-testid": "tour-title" } });
    this.words = make("p", { className: "tour-words", attributes: { "data-testid": "tour-words" } });
    this.bar = make("div", { className: "export-progress" }, [make("div")]);
    const said = make("div", { attributes: { "aria-live": "polite" } }, [this.title, this.words]);
    const control = (name, testid, onclick) =>
      make("button", { type: "button", className: "quiet", textContent: name, onclick, attributes: { "data-testid": testid } });
    this.back = control("Back", "tour-back", () => this.go(this.stop - 1));
    this.next = control("Next", "tour-next", () => (this.stop < this.stops.length - 1 ? this.go(this.stop + 1) : this.end()));
    this.close = control("End the tour", "tour-end", () => this.end());
    card.append(this.place, said, this.bar, make("div", { className: "tour-buttons" }, [this.close, this.back, this.next]));
    card.addEventListener("keydown", (event) => this.key(event));
    return card;
  }

  key(event) {
    const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key === "Escape") this.end();
    else if (moves[event.key] && this.stops.length) this.go(between(0, this.stop + moves[event.key], this.stops.length - 1));
    else return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere Escape interrupts the job, and arrows move the slider
  }

  /** The card stands beside the picture, or before the panel that it speaks of; where the desk is empty, on top. */
  settle(beside) {
    const focus = this.card.contains(document.activeElement) ? document.activeElement : null;
    const side = part("desk").hidden ? part("nothing") : part("desk").querySelector(".desk-side");
    const next = beside ? part(beside) : side.firstElementChild;
    if (next !== this.card) next.before(this.card);
    this.card.hidden = false;
    focus?.focus({ preventScroll: true }); // what is moved loses it
    this.bringToView(null);
  }

  /** On a phone the card is at the window's foot, and it is the picture that must be seen. */
  bringToView(panel) {
    const narrow = matchMedia("(max-width: 719px)").matches;
    if (narrow) return part("stage").scrollIntoView({ block: "nearest" });
    if (panel) part(panel).scrollIntoView({ block: "nearest" });
    this.card.scrollIntoView({ block: "nearest" });
  }

  async start() {
    showMode("recording");
    try {
      if (!desk.recording) await this.openOne();
      this.stops = await tourStops();
      this.bar.hidden = true;
      this.next.hidden = false;
      this.settle();
      this.next.focus({ preventScroll: true });
      await this.go(0);
    } catch (problem) {
      this.fail(problem);
    }
  }

  /** The newest recording; where there is none, one that is made now. */
  async openOne() {
    const [newest] = await window.darkroom.ask("/api/v1/trajectories?limit=1");
    const { trajectory, row } = newest ? { trajectory: newest.id, row: newest.pictures[0]?.row ?? 0 } : await this.makeOne();
    this.opening = true;
    try {
      await desk.open(trajectory, { picture: row, position: 0, view: "xt" });
    } finally {
      this.opening = false;
    }
  }

  async makeOne() {
    this.making = new AbortController();
    this.settle();
    this.say("", "First, a picture", "There is no recording yet, so the model is making one now. Its steps are kept on the way.");
    for (const button of [this.back, this.next]) button.hidden = true;
    this.bar.hidden = false;
    const onNews = (words, share) => {
      this.place.textContent = words;
      this.bar.firstChild.style.width = `${100 * share}%`;
    };
    try {
      const made = await window.darkroom.makePicture(await tourRequest(), { onNews, signal: this.making.signal });
      if (made.trajectory) return made;
      throw Object.assign(new Error("The picture was made, but its steps were not kept: recording is switched off."), {
        hint: "Switch it on in the Settings tab, then start the tour again.",
      });
    } finally {
      this.making = null;
    }
  }

  say(place, title, words) {
    this.place.textContent = place;
    this.title.textContent = title;
    this.words.textContent = words;
  }

  async go(index) {
    const stop = this.stops[index];
    if (!stop) return;
    const mine = ++this.travel;
    this.stop = index;
    this.card.dataset.stop = index + 1;
    this.say(`${index + 1} of ${this.stops.length}`, stop.title, stop.words);
    this.back.hidden = index === 0;
    this.next.hidden = false;
    this.next.textContent = index === this.stops.length - 1 ? "Done" : "Next";
    wordsPanel.choose(null);
    this.settle(stop.beside);
    desk.show(stop.view);
    await this.moveTo(stop.position, mine);
    if (mine === this.travel && stop.arrive) await this.arrive(stop, mine);
    if (mine === this.travel) this.card.dataset.arrived = index + 1;
  }

  /** What a stop does once the slider is there; what it finds is added to the words. */
  async arrive(stop, mine) {
    const more = await stop.arrive().catch(() => "");
    if (mine !== this.travel) return;
    this.words.textContent = stop.words + more;
    this.bringToView(stop.beside);
  }

  /** Moves the slider through the positions between, so that the way is seen; at once where motion is unwanted. */
  async moveTo(position, mine) {
    const from = desk.position;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || from === position;
    for (const begun = performance.now(); !still && mine === this.travel; ) {
      const share = Math.min(1, (performance.now() - begun) / TRAVEL_MS);
      desk.moveTo(from + (position - from) * share);
      if (share === 1) break;
      await new Promise(requestAnimationFrame);
    }
    if (mine === this.travel) desk.moveTo(position);
  }

  fail(problem) {
    this.end();
    if (problem.name === "AbortError") return;
    deskMessages.show({ key: "tour", kind: "error", message: problem.message, hint: problem.hint });
  }

  end() {
    this.making?.abort();
    this.travel += 1;
    this.stops = [];
    this.card.hidden = true;
    const place = part("desk").hidden ? "tour-place-empty" : "tour-place";
    part(place).querySelector("button").focus({ preventScroll: true });
  }
}

const tour = new Tour();
