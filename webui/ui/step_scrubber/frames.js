// All frames of one picture of a recording: previews of every view, and sharp ones where the decoder has been.

const DECODED_VIEWS = ["x0", "xt"];

class FrameBook {
  /** `told({view, position, problem})` hears of frames that can be drawn now, and of what keeps one from coming. */
  constructor(recording, row, told = () => {}, model = null) {
    this.recording = recording;
    this.row = row;
    this.told = told;
    this.model = model;
    this.count = recording.positions + 1;
    this.cancelled = new AbortController();
    this.strips = new Map(); // view -> Strip
    this.loading = new Map(); // view -> promise
    this.problems = new Map(); // view -> what kept its previews from coming
    this.sharp = new SharpFrames({
      count: this.count,
      frameBytes: 4 * recording.width * recording.height,
      addressOf: (view, position) => this.addressOf(view, position),
      onlyHere: (view) => this.onDemand(view),
      told,
    });
  }

  /** Whether the frames of a view are computed one by one when they are looked at. */
  onDemand(view) {
    return view === "guidance" && !this.recording.guidance_recorded;
  }

  query() {
    return `?picture=${this.row}${this.model ? `&model=${encodeURIComponent(this.model)}` : ""}`;
  }

  /** The finished picture itself, where it is what the last step decodes to: needs no model. */
  finishedPicture() {
    if (this.model || this.recording.request.mask) return null;
    return this.recording.pictures.find(({ row }) => row === this.row)?.url ?? null;
  }

  addressOf(view, position) {
    const steps = `${recordingAddress(this.recording.id)}/steps/${position}`;
    const finished = position === this.recording.positions && DECODED_VIEWS.includes(view) ? this.finishedPicture() : null;
    if (finished) return finished;
    if (DECODED_VIEWS.includes(view)) return `${steps}/${view}.jpg${this.query()}`;
    return this.onDemand(view) ? `${steps}/${view}.png${this.query()}` : null;
  }

  /** Resolves when the previews of a view are here, or will never be: the book was closed. Throws a problem. */
  async ready(view) {
    if (this.onDemand(view) || this.strips.has(view)) return;
    if (!this.loading.has(view)) this.loading.set(view, this.loadStrip(view));
    await this.loading.get(view);
  }

  async loadStrip(view) {
    const address = `${recordingAddress(this.recording.id)}/strips/${view}.png?picture=${this.row}`;
    try {
      const strip = await Strip.load(address, this.count, this.cancelled.signal);
      if (this.cancelled.signal.aborted) return strip.close();
      this.strips.set(view, strip);
      this.problems.delete(view);
      this.told({ view, position: null });
    } catch (problem) {
      if (this.cancelled.signal.aborted) return;
      this.problems.set(view, problem);
      this.told({ view, position: null, problem });
      throw problem;
    } finally {
      this.loading.delete(view);
    }
  }

  /** The best frame that is here: {bitmap, sharp}, or null. */
  at(view, position) {
    const bitmap = this.sharp.at(view, position);
    if (bitmap) return { bitmap, sharp: true };
    const cell = this.strips.get(view)?.cells[position];
    return cell ? { bitmap: cell, sharp: false } : null;
  }

  /** What is looked at now: frames sharpen from here outwards. */
  turnTo(view, position) {
    this.sharp.turnTo(view, position);
  }

  /** Whether a sharper frame than the preview can be had. */
  canSharpen(view, position) {
    return this.addressOf(view, position) !== null;
  }

  /** Bytes that the bitmaps take. */
  get bitmapBytes() {
    let bytes = this.sharp.cache.bitmapBytes;
    for (const strip of this.strips.values()) bytes += strip.bytes;
    return bytes;
  }

  close() {
    this.cancelled.abort();
    this.sharp.close();
    this.strips.forEach((strip) => strip.close());
    this.strips.clear();
  }
}
