// The slider and the two pictures under it: every level is here before the slider moves, so that dragging asks nobody.
// Level 0 is the picture without noise: there the right side is its round trip through the latents.

const FORWARD = "/api/v1/forward";
const LEVEL_RESTS_MS = 250;
const ROUND_TRIP = ["original", "roundtrip", "difference"];

/** A whole picture as an ImageBitmap. */
async function bitmapAt(address, signal) {
  return createImageBitmap(await fetchPicture(address, signal));
}

class Levels {
  constructor() {
    this.told = null; // {id, levels, psnr, width, height}
    this.strips = null; // {pixels, latents}
    this.round = null; // {original, roundtrip, difference}
    this.sharp = new Map(); // level -> the noised latents, decoded by the model's own decoder
    this.held = false; // whether a pointer is down: the slider may be dragged
    this.resting = null;
    this.level = 0;
    this.difference = false;
    this.slider = part("slider");
    this.slider.addEventListener("input", () => this.moveTo(Number(this.slider.value)));
    addEventListener("pointerdown", () => (this.held = true), true);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => this.released(), true);
    part("show-roundtrip").onclick = () => this.showDifference(false);
    part("show-difference").onclick = () => this.showDifference(true);
  }

  /** Ask for the levels of a picture and fetch them all. Throws a problem. */
  async load(question, signal) {
    const told = await window.darkroom.ask(FORWARD, { json: question, signal });
    const address = (kind) => `${FORWARD}/${told.id}/${kind}.png`;
    const [pixels, latents, ...round] = await Promise.all([
      Strip.load(address("pixels"), told.levels.length, signal),
      Strip.load(address("latents"), told.levels.length, signal),
      ...ROUND_TRIP.map((kind) => bitmapAt(address(kind), signal)),
    ]);
    this.close();
    this.told = told;
    this.strips = { pixels, latents };
    this.round = Object.fromEntries(ROUND_TRIP.map((kind, index) => [kind, round[index]]));
    this.slider.max = told.levels.length - 1;
    part("pair").style.setProperty("--shape", `${told.width} / ${told.height}`);
    this.moveTo(Math.min(this.level, told.levels.length - 1));
  }

  close() {
    Object.values(this.strips ?? {}).forEach((strip) => strip.close());
    Object.values(this.round ?? {}).forEach((bitmap) => bitmap.close());
    this.sharp.forEach((bitmap) => bitmap.close());
    this.sharp.clear();
    this.strips = this.round = null;
  }

  released() {
    this.held = false;
    if (this.told) this.rest();
  }

  /** Where the slider rests, the latents are decoded as finished pictures are; until then a quick preview is shown. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => !this.held && this.sharpen(this.level), LEVEL_RESTS_MS);
  }

  async sharpen(level) {
    const { told } = this;
    if (level === 0 || this.sharp.has(level)) return;
    const bitmap = await bitmapAt(`${FORWARD}/${told.id}/levels/${level}.jpg`).catch(() => null); // the preview stays
    if (!bitmap) return;
    if (told !== this.told || this.sharp.has(level)) return bitmap.close();
    this.sharp.set(level, bitmap);
    if (level === this.level) this.draw();
  }

  get now() {
    return this.told.levels[this.level];
  }

  moveTo(level) {
    this.level = level;
    this.draw();
    this.showFacts();
    this.rest();
    this.onMove?.();
  }

  showDifference(difference) {
    this.difference = difference;
    part("show-roundtrip").setAttribute("aria-pressed", String(!difference));
    part("show-difference").setAttribute("aria-pressed", String(difference));
    this.draw();
  }

  draw() {
    const clean = this.level === 0;
    const right = this.difference ? "difference" : "roundtrip";
    paint(part("pixels"), clean ? this.round.original : this.strips.pixels.cells[this.level], this.told);
    const noised = this.sharp.get(this.level) ?? this.strips.latents.cells[this.level];
    paint(part("latents"), clean ? this.round[right] : noised, this.told);
    for (const name of ["pixels", "latents"]) part(name).dataset.level = this.level;
    part("latents").dataset.shown = clean ? right : this.sharp.has(this.level) ? "decoded" : "preview";
    part("round-switch").hidden = !clean;
    part("pixels-name").textContent = clean ? "The picture" : "Noise in pixels";
    part("latents-name").textContent = clean ? "There and back" : "Noise in latents";
    const why = clean ? (this.difference ? "difference" : "roundtrip") : "xt";
    part("latents-why").dataset.explain = why;
    part("pixels").setAttribute("aria-label", clean ? "The picture as it is" : `The picture with noise on its pixels, level ${this.level}`);
    part("latents").setAttribute("aria-label", clean ? "The picture after its way through the latents" : `The picture with noise on its latents, level ${this.level}`);
  }

  showFacts() {
    const { sigma, snr_db, timestep, strength } = this.now;
    const last = this.told.levels.length - 1;
    if (Number(this.slider.value) !== this.level) this.slider.value = this.level;
    this.slider.style.setProperty("--done", `${(100 * this.level) / last}%`);
    const words = this.level === 0 ? roundTripInWords(this.told.psnr) : levelInWords(sigma);
    this.slider.setAttribute("aria-valuetext", this.level === 0 ? "no noise" : `level ${this.level} of ${last}, sigma ${levelNumber(sigma)}`);
    part("level-label").textContent = `${this.level}/${last}`;
    part("fact-sigma").textContent = `σ ${levelNumber(sigma)}`;
    part("fact-snr").textContent = sigma === 0 || snr_db === null ? "no noise" : `${snr_db.toFixed(1)} dB`;
    part("fact-timestep").textContent = sigma === 0 ? "-" : String(Math.round(timestep));
    part("fact-strength").textContent = strength.toFixed(2);
    part("words").textContent = words;
    part("words-why").hidden = this.level > 0;
  }
}

function paint(canvas, bitmap, { width, height }) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0, width, height);
}
