// Frames at full size: fetched nearest to the slider first, a few at a time, never while a hand moves the slider. Their
// files are kept, which are small; as bitmaps, which are large, only those in a window around the slider.

const SHARP_AT_ONCE = 2; // requests on their way; the server decodes one after the other
const SHARP_BITMAP_BYTES = 96 * 2 ** 20; // of all books that are open: 96 frames of 512x512, 24 of 1024x1024
const SHARP_FILE_BYTES = 64 * 2 ** 20;
const SLOW_DECODE_MS = 3000; // where a frame takes this long, only those near the slider are asked for
const SLOW_REACH = 6;
const HAND_REST_MS = 300;
const BUSY_RETRY_MS = 4000;

/** A worker that is busy or begins anew answers later; what is wrong with the recording stays wrong. */
function passesByItself({ status }) {
  return [0, 503, 504].includes(status);
}

/** Whether a hand is at the slider: nothing is fetched then. */
const deskHand = {
  down: false,
  movedAt: -Infinity,
  moved() {
    this.movedAt = performance.now();
  },
  get restsIn() {
    return this.down ? HAND_REST_MS : Math.max(0, this.movedAt + HAND_REST_MS - performance.now());
  },
};

const sharpBooks = new Set(); // those that share the bytes

/** Files and bitmaps by key, each within its bytes; the first to go is the farthest from the slider. */
class FrameCache {
  constructor() {
    this.files = new Map(); // key -> {file, view, position}
    this.bitmaps = new Map(); // key -> {bitmap, view, position}
    this.fileBytes = 0;
    this.bitmapBytes = 0;
  }

  addFile(key, entry, distance) {
    this.files.set(key, entry);
    this.fileBytes += entry.file.size;
    while (this.fileBytes > SHARP_FILE_BYTES && this.files.size > 1) this.dropFile(FrameCache.farthest(this.files, distance));
  }

  dropFile(key) {
    this.fileBytes -= this.files.get(key).file.size;
    this.files.delete(key);
  }

  static get mostBitmapBytes() {
    return SHARP_BITMAP_BYTES / Math.max(1, sharpBooks.size);
  }

  addBitmap(key, entry, distance) {
    this.bitmaps.set(key, entry);
    this.bitmapBytes += FrameCache.bytesOf(entry.bitmap);
    while (this.bitmapBytes > FrameCache.mostBitmapBytes && this.bitmaps.size > 1)
      this.dropBitmap(FrameCache.farthest(this.bitmaps, distance));
  }

  dropBitmap(key) {
    const { bitmap } = this.bitmaps.get(key);
    this.bitmapBytes -= FrameCache.bytesOf(bitmap);
    this.bitmaps.delete(key);
    bitmap.close();
  }

  clear() {
    for (const key of [...this.bitmaps.keys()]) this.dropBitmap(key);
    this.files.clear();
    this.fileBytes = 0;
  }

  static bytesOf(bitmap) {
    return 4 * bitmap.width * bitmap.height;
  }

  static farthest(entries, distance) {
    let found = null;
    let most = -1;
    for (const [key, entry] of entries) {
      const far = distance(entry);
      if (far > most) [found, most] = [key, far];
    }
    return found;
  }
}

class SharpFrames {
  /**
   * `addressOf(view, position)` is null where there is nothing sharper than the strip; `onlyHere(view)` tells that a
   * frame costs so much that only the one at the slider is asked for; `told({view, position})` hears of each frame.
   */
  constructor({ count, frameBytes, addressOf, onlyHere, told }) {
    Object.assign(this, { count, frameBytes, addressOf, onlyHere, told });
    this.cache = new FrameCache();
    this.view = null;
    this.centre = 0;
    this.asked = new Map(); // key -> when it was asked for
    this.decoding = new Set();
    this.cancelled = new AbortController();
    this.times = []; // milliseconds that the last frames took
    this.problem = null; // what kept the last frame from coming
    this.timer = null;
    sharpBooks.add(this);
    this.distance = ({ view, position }) => Math.abs(position - this.centre) + (view === this.view ? 0 : this.count);
  }

  /** The slider stands here now: what is nearest comes next. */
  turnTo(view, position) {
    if (view !== this.view) this.problem = null;
    this.view = view;
    this.centre = position;
    this.decodeNear();
    this.pump();
  }

  at(view, position) {
    return this.cache.bitmaps.get(`${view}:${position}`)?.bitmap ?? null;
  }

  /** How many frames of a view are here, as files. */
  countOf(view) {
    let count = 0;
    for (const entry of this.cache.files.values()) count += entry.view === view;
    return count;
  }

  get pending() {
    return this.asked.size > 0;
  }

  /** While a picture is made, only the frame that is looked at may hold it up. */
  static get workerBusy() {
    return document.documentElement.hasAttribute("data-working");
  }

  /** How far from the slider frames are asked for. */
  get reach() {
    if (this.onlyHere(this.view) || SharpFrames.workerBusy) return 0;
    const slowest = Math.max(0, ...this.times.slice(-3));
    return slowest > SLOW_DECODE_MS ? SLOW_REACH : this.count;
  }

  pump() {
    clearTimeout(this.timer);
    if (this.cancelled.signal.aborted || this.problem) return;
    const wait = deskHand.restsIn;
    if (wait > 0) {
      this.timer = setTimeout(() => this.pump(), wait + 10);
      return;
    }
    while (this.asked.size < SHARP_AT_ONCE) {
      const position = this.nextMissing();
      if (position === null) {
        if (SharpFrames.workerBusy) this.timer = setTimeout(() => this.pump(), BUSY_RETRY_MS);
        return;
      }
      this.fetch(this.view, position);
    }
  }

  nextMissing() {
    for (let away = 0; away <= this.reach; away += 1) {
      for (const position of away ? [this.centre + away, this.centre - away] : [this.centre]) {
        const key = `${this.view}:${position}`;
        if (position < 0 || position >= this.count || this.asked.has(key) || this.cache.files.has(key)) continue;
        if (this.addressOf(this.view, position)) return position;
      }
    }
    return null;
  }

  async fetch(view, position) {
    const key = `${view}:${position}`;
    const begun = performance.now();
    this.asked.set(key, begun);
    try {
      const file = await fetchPicture(this.addressOf(view, position), this.cancelled.signal);
      this.times.push(performance.now() - begun);
      this.cache.addFile(key, { file, view, position }, this.distance);
      await this.decode(key);
    } catch (problem) {
      if (!this.cancelled.signal.aborted) this.fail(problem, view, position);
    } finally {
      this.asked.delete(key);
    }
    this.pump();
  }

  fail(problem, view, position) {
    this.problem = problem;
    this.told({ view, position, problem });
    if (passesByItself(problem)) this.timer = setTimeout(() => this.tryAgain(), BUSY_RETRY_MS);
  }

  tryAgain() {
    this.problem = null;
    this.pump();
  }

  /** Make bitmaps of the files in the window around the slider. */
  decodeNear() {
    const window = Math.max(1, Math.floor(FrameCache.mostBitmapBytes / this.frameBytes / 2) - 1);
    const near = [];
    for (const [key, entry] of this.cache.files)
      if (entry.view === this.view && Math.abs(entry.position - this.centre) <= window) near.push([key, entry]);
    near.sort(([, one], [, other]) => this.distance(one) - this.distance(other));
    for (const [key] of near) this.decode(key);
  }

  async decode(key) {
    const entry = this.cache.files.get(key);
    if (!entry || this.cache.bitmaps.has(key) || this.decoding.has(key)) return;
    this.decoding.add(key);
    const bitmap = await createImageBitmap(entry.file).catch(() => null);
    this.decoding.delete(key);
    if (!bitmap) return;
    if (this.cancelled.signal.aborted || this.cache.bitmaps.has(key)) return bitmap.close();
    this.cache.addBitmap(key, { bitmap, view: entry.view, position: entry.position }, this.distance);
    this.told({ view: entry.view, position: entry.position });
  }

  close() {
    this.cancelled.abort();
    clearTimeout(this.timer);
    this.cache.clear();
    sharpBooks.delete(this);
  }
}
