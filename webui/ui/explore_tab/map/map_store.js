// The map itself: its ideas, how places become weights, what all points share. What is written here is the file that
// the command line reads, too.

const KEPT_MAP = "darkroom.map";
const FEWEST_IDEAS = 3;
const MOST_IDEAS = 12;
const LETTERS = "ABCDEFGHIJKL";
const FIRST_PLACES = [[-0.7, 0.7], [0.7, 0.7], [0.7, -0.7], [-0.7, -0.7]]; // until the projection has spoken

class MapStore {
  constructor(prompts) {
    this.listeners = [];
    this.weighing = "inverse distance";
    this.power = 2;
    this.way = "linear";
    this.ideas = prompts.slice(0, FIRST_PLACES.length).map((prompt, index) => ({ prompt, x: FIRST_PLACES[index][0], y: FIRST_PLACES[index][1] }));
    this.isFirst = !this.read();
    this.base = baseRequest();
  }

  /** `heard(what, removed)` hears "ideas", "places", "ways" or "base" changed, and which idea was removed, if one was. */
  onChange(heard) {
    this.listeners.push(heard);
  }

  changed(what, removed = null) {
    this.keep();
    this.listeners.forEach((heard) => heard(what, removed));
  }

  get document() {
    const { ideas, weighing, power, way, base } = this;
    return { ideas, weighing, power, way, request: base };
  }

  keep() {
    try {
      const { ideas, weighing, power, way } = this;
      localStorage.setItem(KEPT_MAP, JSON.stringify({ ideas, weighing, power, way }));
    } catch {
      // Storage is full or blocked: the map is lost on reload, nothing else.
    }
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT_MAP));
      if (!(kept?.ideas?.length >= FEWEST_IDEAS)) return false;
      this.take(kept);
      return true;
    } catch {
      return false;
    }
  }

  take({ ideas, weighing, power, way }) {
    this.ideas = ideas.map(({ prompt, x, y }) => ({ prompt, x, y }));
    Object.assign(this, { weighing: weighing ?? "inverse distance", power: power ?? 2, way: way ?? "linear" });
  }

  /** The settings of the form may have changed meanwhile. */
  takeBase() {
    const base = baseRequest();
    if (JSON.stringify(base) === JSON.stringify(this.base)) return;
    this.base = base;
    this.changed("base");
  }

  choose(name, value) {
    this[name] = value;
    this.changed("ways");
  }

  add(prompt) {
    const [x, y] = freePlace(this.ideas);
    this.ideas.push({ prompt, x, y });
    this.changed("ideas");
  }

  remove(index) {
    this.ideas.splice(index, 1);
    this.changed("ideas", index);
  }

  rename(index, prompt) {
    if (this.ideas[index].prompt === prompt) return;
    this.ideas[index].prompt = prompt;
    this.changed("ideas");
  }

  move(index, x, y) {
    Object.assign(this.ideas[index], { x, y });
    this.changed("places");
  }

  /** All places at once, [[x, y], ...]. */
  place(places) {
    places.forEach(([x, y], index) => Object.assign(this.ideas[index], { x, y }));
    this.changed("places");
  }
}

/** The place, of some on two circles, that is farthest from every idea. */
function freePlace(ideas) {
  const places = [0.9, 0.45].flatMap((radius) => Array.from({ length: 12 }, (_, turn) => [radius * Math.cos((turn * Math.PI) / 6), radius * Math.sin((turn * Math.PI) / 6)]));
  const room = ([x, y]) => Math.min(...ideas.map((idea) => Math.hypot(idea.x - x, idea.y - y)));
  return places.reduce((best, place) => (room(place) > room(best) ? place : best)).map((value) => Math.round(value * 1000) / 1000);
}
