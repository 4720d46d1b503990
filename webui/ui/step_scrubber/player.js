// The slider under the picture, playing, and the words for where the slider stands.

const LOOP_REST_MS = 900; // the finished picture is looked at a moment before it begins again
const ANNOUNCE_MS = 700;

/** "the noise it began with", "step 8 of 20", "finished, step 20 of 20". */
function placeInWords(position) {
  const { last } = desk;
  if (position === 0) return "where it began, before step 1";
  const name = stepsAreCalls() ? "step" : "call";
  return `${position === last ? "finished, " : ""}${name} ${position} of ${last}`;
}

/** Some samplers ask the model twice a step: then positions count its answers, not steps. */
function stepsAreCalls() {
  const planned = desk.recording.passes.reduce((sum, pass) => sum + pass.steps - pass.begin, 0);
  return desk.last <= planned;
}

class Player {
  constructor() {
    this.slider = part("slider");
    this.timer = null;
    this.loop = true;
    this.slider.addEventListener("input", () => {
      deskHand.moved();
      this.pause();
      desk.moveTo(Number(this.slider.value));
    });
    this.slider.addEventListener("pointerdown", () => (deskHand.down = true));
    for (const type of ["pointerup", "pointercancel"]) window.addEventListener(type, () => this.letGo());
    this.slider.addEventListener("change", () => this.letGo());
    part("play").onclick = () => this.toggle();
    part("loop").onclick = () => this.setLoop(!this.loop);
    part("speed").onchange = () => this.timer && this.play();
  }

  letGo() {
    if (!deskHand.down) return;
    deskHand.down = false;
    desk.frames?.turnTo(desk.view, desk.position);
  }

  toggle() {
    if (this.timer) this.pause();
    else this.play();
  }

  play() {
    clearTimeout(this.timer);
    if (!desk.recording) return;
    if (desk.position >= desk.last) desk.moveTo(0);
    this.showPlaying(true);
    this.next();
  }

  next() {
    const atEnd = desk.position >= desk.last;
    const wait = 1000 / Number(part("speed").value) + (atEnd ? LOOP_REST_MS : 0);
    this.timer = setTimeout(() => {
      if (!element.checkVisibility()) return this.pause();
      if (desk.position < desk.last) desk.moveTo(desk.position + 1);
      else if (this.loop) desk.moveTo(0);
      if (desk.position >= desk.last && !this.loop) return this.pause();
      this.next();
    }, wait);
  }

  pause() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.showPlaying(false);
  }

  showPlaying(playing) {
    desk.tell("playing", playing);
    part("play-icon").className = `glyph icon-${playing ? "pause" : "play"}`;
    const name = playing ? "Pause" : "Play";
    part("play").setAttribute("aria-label", name);
    part("play").title = `${name} (Space)`;
  }

  setLoop(loop) {
    this.loop = loop;
    part("loop").setAttribute("aria-pressed", String(loop));
  }

  /** The slider's range for another recording. */
  prepare() {
    this.pause();
    this.slider.max = desk.last;
    this.slider.disabled = desk.last === 0;
  }

  show() {
    const { position, last } = desk;
    if (Number(this.slider.value) !== position) this.slider.value = position;
    this.slider.style.setProperty("--done", `${last ? (position / last) * 100 : 100}%`);
    this.slider.setAttribute("aria-valuetext", placeInWords(position));
    part("step-label").textContent = `${position}/${last}`;
  }
}

const player = new Player();

/** How sharp the frame is, and how many are decoded so far. */
function statusInWords() {
  const { frames, view, position } = desk;
  if (frames.onDemand(view)) return frames.sharp.pending ? "the model is looking" : "";
  if (!frames.canSharpen(view, position)) return "";
  const sharp = frames.at(view, position)?.sharp;
  const decoded = frames.sharp.countOf(view);
  if (decoded === frames.count || frames.sharp.problem) return sharp ? "decoded" : "preview";
  return `${sharp ? "" : "preview · "}${decoded} of ${frames.count} decoded`;
}

/** A screen reader hears where the slider has come to rest, from playing or from a plot; the slider itself speaks. */
let announceTimer = null;
function announcePlace() {
  clearTimeout(announceTimer);
  if (document.activeElement === player.slider) return;
  announceTimer = setTimeout(() => {
    if (desk.recording && !player.timer) part("player-announcer").textContent = placeInWords(desk.position);
  }, ANNOUNCE_MS);
}
