// The journey plays: a canvas, the slider under it, and where on the way one is.

const LOOP_REST_MS = 900; // the last stop is looked at a moment, before an open journey begins again
const FILM_EDGE = 16; // pixels around the picture
const FILM_LARGEST_ZOOM = 4;

class FilmPlayer {
  constructor() {
    this.position = 0;
    this.timer = null;
    this.frames = null;
    this.canvas = part("canvas");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.slider = part("slider");
    this.slider.addEventListener("input", () => {
      deskHand.moved();
      this.pause();
      this.moveTo(Number(this.slider.value));
    });
    part("play").onclick = () => this.toggle();
    part("fps").onchange = () => this.takeSpeed();
    new ResizeObserver(() => this.fit()).observe(part("stage"));
    travel.onChange((other) => this.follow(other));
  }

  get last() {
    return Math.max(0, travel.frames.length - 1);
  }

  /** Another journey, or more frames of the same. */
  follow(other) {
    const { frames, told } = travel;
    const begins = frames.length > 0 && (other || this.frames?.count !== frames.length);
    if (other || begins) this.close();
    if (begins) this.begin(told);
    else this.frames?.renew(frames);
    this.show();
  }

  begin({ journey, frames }) {
    const { width = 256, height = 256 } = journey.request ?? {};
    this.frames = new JourneyFrames(frames, { width, height }, () => this.draw());
    Object.assign(this.canvas, { width, height });
    part("fps").value = String([...part("fps").options].map(({ value }) => Number(value)).find((fps) => fps >= (journey.fps ?? 12)) ?? 24);
    this.position = 0;
    this.fit();
    this.moveTo(0);
  }

  close() {
    this.pause();
    this.frames?.close();
    this.frames = null;
    delete this.canvas.dataset.position;
  }

  takeSpeed() {
    plan.setManner({ fps: Number(part("fps").value) });
    if (this.timer) this.play();
  }

  fit() {
    const { clientWidth, clientHeight } = part("stage");
    if (!clientWidth) return;
    const edge = clientWidth > 600 ? 2 * FILM_EDGE : 0;
    const { width, height } = this.canvas;
    const zoom = Math.min((clientWidth - edge) / width, (clientHeight - edge) / height, FILM_LARGEST_ZOOM);
    this.canvas.style.width = `${Math.floor(width * zoom)}px`;
    this.canvas.style.height = `${Math.floor(height * zoom)}px`;
  }

  moveTo(position) {
    this.position = between(0, Math.round(position), this.last);
    this.frames?.turnTo(JOURNEY_VIEW, this.position);
    this.show();
  }

  toggle() {
    if (this.timer) this.pause();
    else this.play();
  }

  play() {
    clearTimeout(this.timer);
    if (!this.frames) return;
    if (this.position >= this.last) this.moveTo(0);
    this.showPlaying(true);
    this.next();
  }

  next() {
    const { loop } = travel.told.journey;
    const rest = this.position >= this.last && !loop ? LOOP_REST_MS : 0;
    this.timer = setTimeout(() => {
      if (!element.checkVisibility()) return this.pause();
      const next = this.position < this.last ? this.position + 1 : 0;
      // A frame that is not here yet is waited for, unless it has not been made.
      if (this.frames.bitmapAt(next) || !travel.frames[next].url) this.moveTo(next);
      this.next();
    }, 1000 / Number(part("fps").value) + rest);
  }

  pause() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.showPlaying(false);
  }

  showPlaying(playing) {
    part("play-icon").className = `glyph icon-${playing ? "pause" : "play"}`;
    const name = playing ? "Pause" : "Play";
    part("play").setAttribute("aria-label", name);
    part("play").title = `${name} (Space)`;
    this.canvas.dataset.playing = String(playing);
  }

  draw() {
    const bitmap = this.frames?.bitmapAt(this.position);
    if (!bitmap) return;
    const { width, height } = bitmap;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      Object.assign(this.canvas, { width, height });
      this.fit();
    }
    this.context.drawImage(bitmap, 0, 0);
    Object.assign(this.canvas.dataset, { position: this.position, image: travel.frames[this.position]?.image ?? "" });
  }

  /** "stop 2", "between stop 1 and 2". */
  placeInWords() {
    const { frames } = travel;
    const passed = frames.slice(0, this.position + 1).findLast(({ stop }) => stop !== null)?.stop ?? 0;
    if (frames[this.position]?.stop !== null) return `stop ${passed + 1}`;
    const stops = travel.told.journey.stops.length;
    return `between stop ${passed + 1} and ${((passed + 1) % stops) + 1}`;
  }

  show() {
    const any = travel.frames.length > 0;
    part("film").classList.toggle("empty-film", !any);
    part("nothing").hidden = any;
    part("canvas").hidden = !any;
    part("player").hidden = !any;
    if (!any) return;
    this.slider.max = this.last;
    part("player").style.setProperty("--frames", this.last + 1);
    if (Number(this.slider.value) !== this.position) this.slider.value = this.position;
    this.slider.style.setProperty("--done", `${this.last ? (this.position / this.last) * 100 : 100}%`);
    const words = this.placeInWords();
    this.slider.setAttribute("aria-valuetext", `frame ${this.position + 1} of ${this.last + 1}, ${words}`);
    part("frame-label").textContent = `${this.position + 1}/${this.last + 1}`;
    part("place").textContent = words;
    this.canvas.setAttribute("aria-label", `Frame ${this.position + 1}, ${words}`);
    this.draw();
    filmStrip.mark(this.position);
  }
}
