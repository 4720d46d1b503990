// The landscape: small pictures all over the plane, made in the background, the nearest to the pointer first. What was
// made is kept, so that a map that comes back has its pictures at once.

const GROUP = 4; // pictures that are asked for together: they walk as one batch
const MOST_KEPT = 400;
const RESTS_MS = 600; // after a change, before the cells are asked for anew

class Landscape {
  constructor(store, plane, pointOf, onProblem) {
    Object.assign(this, { store, plane, pointOf, onProblem, on: false, cells: [], working: null, resting: null });
    this.kept = new Map(); // the request as text -> address of its picture
    part("fill").onclick = () => this.turn(!this.on);
    part("sides").onchange = () => this.renew();
    store.onChange(() => this.changed());
  }

  get sides() {
    return Number(part("sides").value);
  }

  turn(on) {
    this.on = on;
    part("fill").setAttribute("aria-pressed", String(on));
    if (on) this.renew();
    else this.stop();
    this.tell();
  }

  stop() {
    this.working?.abort();
    this.working = null;
    for (const { node } of this.cells) node.classList.remove("making");
  }

  changed() {
    if (this.cells.length) part("cells").classList.add("stale");
    clearTimeout(this.resting);
    this.resting = setTimeout(() => (this.on || this.cells.length) && this.renew(), RESTS_MS);
  }

  /** Ask what is in the middle of each cell, show what is kept of it, and go on with the rest. */
  async renew() {
    this.stop();
    const { signal } = (this.working = new AbortController());
    const places = this.places();
    try {
      const at = places.map(({ x, y }) => [x, y]);
      const points = await explore.weights(this.store.document, { at }, signal);
      if (signal.aborted) return;
      this.lay(places.map((place, index) => ({ ...place, request: points[index].request, key: JSON.stringify(points[index].request) })));
      if (this.on) await this.fill(signal);
    } catch (problem) {
      if (signal.aborted) return;
      this.turn(false);
      this.onProblem(problem);
    }
  }

  places() {
    const { sides } = this;
    const middle = (index) => Math.round(REACH * ((2 * index + 1) / sides - 1) * 1000) / 1000;
    return Array.from({ length: sides * sides }, (_, cell) => ({ x: middle(cell % sides), y: -middle(Math.floor(cell / sides)) }));
  }

  lay(cells) {
    this.cells = cells.map((cell) => ({ ...cell, node: make("div", { className: "map-cell" }) }));
    part("cells").style.setProperty("--sides", this.sides);
    part("cells").classList.remove("stale");
    part("cells").replaceChildren(...this.cells.map(({ node }) => node));
    this.count();
    for (const cell of this.cells) if (this.kept.has(cell.key)) this.show(cell);
    this.tell();
  }

  show(cell) {
    const picture = make("img", { src: this.kept.get(cell.key), alt: "", decoding: "async", draggable: false, attributes: { "data-testid": "map-thumb" } });
    picture.onload = () => this.count();
    cell.node.className = "map-cell full";
    cell.node.replaceChildren(picture);
  }

  /** How many can be seen, for scripts that wait for it. */
  count() {
    part("plane").dataset.filled = [...part("cells").querySelectorAll("img")].filter(({ complete }) => complete).length;
  }

  get missing() {
    return this.cells.filter(({ key }) => !this.kept.has(key));
  }

  /** The next cells: those nearest to the pointer, which may have moved since the last ones. */
  next() {
    const { x, y } = this.plane.pointer ?? this.pointOf() ?? { x: 0, y: 0 };
    const away = (cell) => Math.hypot(cell.x - x, cell.y - y);
    return this.missing.sort((one, other) => away(one) - away(other)).slice(0, GROUP);
  }

  async fill(signal) {
    const begun = performance.now();
    for (let done = 0; this.missing.length; ) {
      const cells = this.next();
      for (const { node } of cells) node.classList.add("making");
      const { pictures } = await explore.pictures(cells.map(({ request }) => request), signal);
      if (signal.aborted) return;
      cells.forEach((cell, index) => this.keep(cell, pictures[index].url));
      done += cells.length;
      this.tell((performance.now() - begun) / done);
    }
  }

  keep(cell, url) {
    this.kept.set(cell.key, url);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
    this.show(cell);
  }

  tell(each = null) {
    const all = this.cells.length;
    const there = all - this.missing.length;
    const left = each && there < all ? ` · ${Math.ceil((each * (all - there)) / 1000)} s left` : "";
    part("filled").textContent = all && (this.on || there) ? `${there} of ${all}${left}` : "";
    const filling = this.on && there < all;
    part("filled").classList.toggle("alive", filling);
    part("fill").textContent = filling ? "Stop filling" : "Fill the map";
  }
}
