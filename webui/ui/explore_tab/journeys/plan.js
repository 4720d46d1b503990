// The journey as it is planned: stops in their order, and the manner of going from one to the next. It survives a
// reload, and is the same document that a file holds and that the server takes.

const PLAN_KEY = "darkroom.journey";
const USUAL_FRAMES = 12;
const MOST_STOPS = 24;
const MOST_FRAMES = 240; // from one stop to the next
const FIRST_PROMPTS = ["a lighthouse by the sea by day", "a lighthouse by the sea at night, full moon"];
const MANNER = { easing: "smooth", spacing: "even", way: "spherical", loop: false, strength: 0.6, fps: 12 };
const STOP_FIELDS = [
  "prompt", "negative_prompt", "seed", "cfg_scale", "blend", "sliders", "noise_turns", "picture", "frames",
]; // prettier-ignore

/** The settings of a request that all frames share: what each stop says for itself is not among them. */
function sharedOf(request) {
  const names = SHARED_FIELDS.filter((name) => !STOP_FIELDS.includes(name) && ![undefined, null].includes(request[name]));
  return Object.fromEntries(names.map((name) => [name, request[name]]));
}

/** A stop of the form as it is now, with other words if they are told. */
function stopFromForm(prompt) {
  const [form] = window.darkroom.readDraft();
  const { seed, cfg_scale = 5, negative_prompt = "" } = baseRequest();
  return { prompt: prompt ?? form?.prompt ?? "", negative_prompt, seed, cfg_scale, frames: USUAL_FRAMES };
}

/** The address of the picture that a stop starts from, if it does. */
function pictureOf({ picture }) {
  return picture ? `/api/v1/pictures/${picture}` : null;
}

class Plan {
  constructor() {
    this.stops = []; // of STOP_FIELDS; `thumb` is the page's own: the address of its picture
    this.manner = { ...MANNER };
    this.request = null; // the shared settings of an opened file or of a picture; null: those of the form
    this.listeners = [];
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  /** `what` is "stops" when cards must be drawn anew, else "values". */
  changed(what = "values") {
    this.keep();
    this.listeners.forEach((listener) => listener(what));
  }

  get full() {
    return this.stops.length >= MOST_STOPS;
  }

  get frames() {
    const ways = this.manner.loop ? this.stops : this.stops.slice(0, -1);
    return ways.reduce((sum, stop) => sum + stop.frames, 0) + (this.manner.loop ? 0 : 1);
  }

  add(stop, at = this.stops.length) {
    if (this.full) return;
    this.stops.splice(at, 0, { frames: USUAL_FRAMES, ...stop });
    this.changed("stops");
  }

  remove(index) {
    this.stops.splice(index, 1);
    this.changed("stops");
  }

  move(from, to) {
    const [stop] = this.stops.splice(from, 1);
    this.stops.splice(to, 0, stop);
    this.changed("stops");
  }

  setManner(manner) {
    const turned = manner.loop !== undefined && manner.loop !== this.manner.loop;
    Object.assign(this.manner, manner);
    this.changed(turned ? "stops" : "values");
  }

  /** The document: what is sent, and what a file holds. */
  document() {
    const told = ([name, value]) => STOP_FIELDS.includes(name) && value !== null && value !== undefined;
    const stops = this.stops.map((stop) => Object.fromEntries(Object.entries(stop).filter(told)));
    return { stops, request: this.request ?? sharedOf(baseRequest()), ...this.manner };
  }

  /** Take the place of what was planned; throws a problem where it is no journey. */
  load({ stops, request = null, ...manner }, thumbs = []) {
    if (!Array.isArray(stops) || !stops.every((stop) => stop && typeof stop === "object"))
      throw { message: "This file is no journey: it has no list of stops.", hint: "Open one that was saved here." };
    const known = Object.fromEntries(Object.keys(MANNER).filter((name) => name in manner).map((name) => [name, manner[name]]));
    this.stops = stops.slice(0, MOST_STOPS).map((stop, index) => ({ ...stopFromForm(""), ...stop, thumb: thumbs[index] ?? pictureOf(stop) }));
    this.manner = { ...MANNER, ...known };
    this.request = request;
    this.changed("stops");
  }

  keep() {
    try {
      localStorage.setItem(PLAN_KEY, JSON.stringify({ stops: this.stops, request: this.request, ...this.manner }));
    } catch {
      // Storage is full or blocked: the plan is lost on reload, nothing else.
    }
  }

  /** What was planned last time; else two stops to begin with. */
  recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(PLAN_KEY));
      if (kept) return this.load(kept, kept.stops.map(({ thumb }) => thumb));
    } catch {
      // What was kept cannot be read: begin anew.
    }
    this.stops = FIRST_PROMPTS.map((prompt) => stopFromForm(prompt));
    this.changed("stops");
  }
}

const plan = new Plan();
