// The picture on its stage: draws the frame of the position at once, in the finished picture's size.

const STAGE_EDGE = 16; // pixels around the picture
const STAGE_LARGEST_ZOOM = 4;
const LATENT_VIEWS = ["noise", "channels"]; // shown by their own pixels, which the model sees

class Stage {
  constructor() {
    this.box = part("stage");
    this.frame = part("frame");
    this.canvas = part("canvas");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.drawnKey = "";
    new ResizeObserver(() => this.fit()).observe(this.box);
    this.scrubByDragging();
  }

  prepare({ width, height }) {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.drawnKey = "";
    this.fit();
  }

  fit() {
    const { clientWidth, clientHeight } = this.box;
    if (!desk.recording || !clientWidth) return;
    const { width, height } = desk.recording;
    const edge = clientWidth > 600 ? 2 * STAGE_EDGE : 0;
    const zoom = Math.min((clientWidth - edge) / width, (clientHeight - edge) / height, STAGE_LARGEST_ZOOM);
    this.frame.style.width = `${Math.floor(width * zoom)}px`;
    this.frame.style.height = `${Math.floor(height * zoom)}px`;
  }

  /** Draws what is here of the position; returns the frame, or null when the one before stays. */
  draw() {
    const { view, position } = desk;
    const found = desk.frames?.at(view, position) ?? null;
    this.frame.classList.toggle("waits", !found);
    if (!found) return null;
    const key = `${view}:${position}:${found.sharp}`;
    if (key === this.drawnKey) return found;
    this.drawnKey = key;
    const { width, height } = this.canvas;
    this.context.imageSmoothingEnabled = !LATENT_VIEWS.includes(view);
    this.context.drawImage(found.bitmap, 0, 0, width, height);
    if (view === "channels") this.drawSeams();
    return found;
  }

  /** Lines between the channels, which lie side by side in a square. */
  drawSeams() {
    const { width, height } = this.canvas;
    const side = Math.ceil(Math.sqrt(desk.recording.latent.channels));
    const thickness = Math.max(1, Math.round(width / 160));
    this.context.fillStyle = "#0b0a09";
    for (let seam = 1; seam < side; seam += 1) {
      this.context.fillRect((width * seam) / side - thickness / 2, 0, thickness, height);
      this.context.fillRect(0, (height * seam) / side - thickness / 2, width, thickness);
    }
  }

  /** Dragging across the picture goes through the steps, too; a thumb needs no small handle. */
  scrubByDragging() {
    let from = null;
    this.frame.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !desk.recording || event.target !== this.canvas) return;
      from = { x: event.clientX, position: desk.position };
      this.frame.setPointerCapture(event.pointerId);
      deskHand.down = true;
    });
    this.frame.addEventListener("pointermove", (event) => {
      if (!from) return;
      deskHand.moved();
      desk.moveTo(from.position + ((event.clientX - from.x) / this.frame.clientWidth) * desk.last);
    });
    const end = () => {
      if (!from) return;
      from = null;
      deskHand.down = false;
      desk.frames?.turnTo(desk.view, desk.position);
    };
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) this.frame.addEventListener(type, end);
  }
}

const stage = new Stage();

function showFrame() {
  if (!desk.frames) return;
  const found = stage.draw();
  const state = found ? (found.sharp ? "sharp" : "preview") : "waiting";
  const previews = desk.frames.strips.has(desk.view);
  const { position, view, picture, recording } = desk;
  Object.assign(stage.canvas.dataset, { position, view, picture, state, previews, recording: recording.id });
}

function describeFrame() {
  const prompt = desk.request?.prompt ?? "";
  stage.canvas.setAttribute("aria-label", `${viewName(desk.view)}, ${placeInWords(desk.position)}${prompt ? `: ${prompt}` : ""}`);
}
