// Two walks side by side: the one on the desk and another. One slider moves both, both show the same view, and a third
// picture shows where they differ.

const COMPARE_VIEWS = ["x0", "xt", "delta", "noise", "channels"];
const COMPARE_NOTHING = "Choose another walk: both then stand side by side and move together.";
const COMPARE_LEAD = "The walk on the desk and another one, moved together.";

class Comparison {
  constructor() {
    this.other = null; // {recording, row}
    this.book = null; // its frames; those of the walk on the desk are the desk's own
    this.lock = "step";
    this.position = 0; // of the other walk
    this.held = false; // while the other walk's slider is the one that is moved
    this.drawing = false;
    this.resting = 0; // the timer that draws once more when the hand rests
    this.asked = 0;
    this.inSight = false; // what nobody sees costs no frame of a drag
    new IntersectionObserver((sights) => {
      this.inSight = sights.at(-1).isIntersecting; // on a busy machine several come at once; the last one holds
      this.redraw();
    }).observe(part("compare-stages"));
    this.stages = new ComparisonStages(part("compare-stages"), (side, position) => this.scrub(side, position), () => this.swap());
    this.choice = new ComparisonChoice((chosen) => this.open(chosen, false));
    this.views = new Switch("compare-view", part("compare-views"), COMPARE_VIEWS.map((view) => [view, VIEW_NAMES[view]]), (view) => desk.show(view));
    const locks = Object.entries(LOCKS).map(([lock, { name, hint }]) => [lock, name, hint]);
    this.locks = new Switch("lock", part("compare-locks"), locks, (lock) => this.setLock(lock));
    part("compare").addEventListener("toggle", () => this.turn());
    desk.on("recording", () => this.deskTurned());
    desk.on("picture", () => this.deskTurned());
    desk.on("position", () => this.follow());
    desk.on("view", () => this.turn());
    desk.on("frames", () => this.redraw());
    desk.on("playing", (playing) => {
      part("compare-play-icon").className = `glyph icon-${playing ? "pause" : "play"}`;
      part("compare-play").title = playing ? "Pause" : "Play both";
      part("compare-play").setAttribute("aria-label", part("compare-play").title);
    });
    part("compare-play").onclick = () => player.toggle();
  }

  get shown() {
    return this.inSight && part("compare").open && this.other !== null && desk.recording !== null;
  }

  get view() {
    return COMPARE_VIEWS.includes(desk.view) ? desk.view : "x0";
  }

  /** Lay another walk beside the one on the desk: {id, row}. */
  async open({ id, row }, scroll = true) {
    const mine = ++this.asked;
    part("compare-notes").replaceChildren();
    try {
      const recording = await window.darkroom.ask(recordingAddress(id));
      if (mine !== this.asked) return;
      this.lay({ recording, row });
      part("compare").open = true;
      this.turn();
      if (scroll) part("compare").scrollIntoView({ block: "start", behavior: calmly() });
    } catch (problem) {
      panelMessage(part("compare-notes"), problem);
    }
  }

  lay(other) {
    this.book?.close();
    this.other = other;
    this.book = other ? new FrameBook(other.recording, other.row, () => this.redraw(), desk.model) : null;
    if (other && desk.recording) this.fitLock();
    this.showFacts();
    familyTree.draw();
  }

  fitLock() {
    const { recording } = this.other;
    const related = familyTree.nodes.some(({ id }) => id === recording.id) || recording.origin?.trajectory === desk.recording.id;
    this.setLock(fittingLock(desk.recording, recording, related));
  }

  /** The two change places: the other walk is laid on the desk. */
  async swap() {
    const { recording, row } = this.other;
    try {
      await desk.open(recording.id, { picture: row, position: this.position });
    } catch (problem) {
      panelMessage(part("compare-notes"), problem);
    }
  }

  /** Another walk lies on the desk: the one before it becomes the other one, if they would else be the same. */
  deskTurned() {
    const { recording, picture } = desk;
    const before = this.left;
    this.left = recording && { recording, row: picture };
    if (!recording) this.lay(null);
    else if (this.other?.recording.id === recording.id && this.other.row === picture) this.lay(before ?? null);
    else if (this.other) this.fitLock();
    this.showFacts();
    this.turn();
  }

  /** What can be chosen has changed. */
  offer() {
    if (part("compare").open) this.choice.show(this.other);
  }

  setLock(lock) {
    this.lock = lock;
    this.locks.show(lock);
    this.follow();
  }

  // Moving.

  scrub(side, position) {
    deskHand.moved();
    if (side === "left") return desk.moveTo(position);
    this.held = true;
    this.position = position;
    desk.moveTo(lockedPosition(this.lock, this.other.recording, desk.recording, position));
    this.held = false;
    this.redraw();
  }

  follow() {
    if (!this.other || !desk.recording) return;
    if (!this.held) this.position = lockedPosition(this.lock, desk.recording, this.other.recording, desk.position);
    if (part("compare").open) this.redraw();
  }

  /** The panel was opened, or shows another view or walk: fetch what it needs. */
  turn() {
    this.views.show(this.view);
    if (part("compare").open) this.choice.show(this.other);
    part("compare-stages").hidden = part("compare-bar").hidden = !this.other;
    part("compare-lead").textContent = this.other ? COMPARE_LEAD : COMPARE_NOTHING;
    if (!this.other || !part("compare").open) return;
    const tell = (problem) => panelMessage(part("compare-notes"), problem);
    for (const book of [desk.frames, this.book]) book.ready(this.view).then(() => this.redraw(), tell);
    this.redraw();
  }

  redraw() {
    if (this.drawing || !this.shown) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      if (this.shown) this.draw();
    });
  }

  draw() {
    const { view, book } = this;
    book.turnTo(view, this.position);
    const sides = [
      { side: "left", recording: desk.recording, position: desk.position, frame: desk.frames.at(view, desk.position) },
      { side: "right", recording: this.other.recording, position: this.position, frame: book.at(view, this.position) },
    ];
    for (const told of sides) this.stages.show(told);
    clearTimeout(this.resting);
    const wait = deskHand.restsIn;
    if (wait > 0) this.resting = setTimeout(() => this.redraw(), wait + 10);
    this.stages.showDifference(...sides, wait > 0);
  }

  // What differs in the parameters.

  showFacts() {
    const table = part("compare-table");
    table.hidden = !this.other || !desk.recording;
    part("compare-aside").textContent = "";
    if (table.hidden) return;
    const [one, other] = [desk.recording, this.other.recording];
    const rows = factRows(this.left, this.other);
    const count = rows.length;
    part("compare-aside").textContent = count ? `${count} ${count === 1 ? "value differs" : "values differ"}` : "the same parameters";
    table.replaceChildren(make("caption", { textContent: count ? "What differs" : "Every parameter is the same." }));
    if (count) table.append(factHead(one, other), make("tbody", {}, rows));
  }
}

function calmly() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}
