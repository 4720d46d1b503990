// The canvas on its stage: draws a frame and keeps it as large as the stage allows, in the finished picture's shape.

const STAGE_MARGIN = 16; // pixels around the picture, as around a print on a table
const LARGEST_ZOOM = 4; // a picture of 64 pixels fills no wall

class PictureCanvas {
  constructor(stage, canvas) {
    this.stage = stage;
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.size = { width: 256, height: 256 };
    this.drawn = new Set(); // the steps that were drawn of the job that is shown
    this.job = null;
    new ResizeObserver(() => this.fit()).observe(stage);
  }

  /** Which picture comes next: its job, and the size that it will have when it is finished. */
  prepare(job, size) {
    if (job !== this.job) this.drawn.clear();
    this.job = job;
    if (size.width && size.height) this.size = size;
    this.fit();
  }

  draw({ bitmap, step, final }, label) {
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) {
      this.canvas.width = bitmap.width;
      this.canvas.height = bitmap.height;
    }
    this.context.drawImage(bitmap, 0, 0);
    this.drawn.add(final ? "final" : step);
    this.canvas.hidden = false;
    this.canvas.setAttribute("aria-label", label);
    Object.assign(this.canvas.dataset, { step, frames: this.drawn.size, final, job: this.job });
  }

  hide() {
    this.canvas.hidden = true;
  }

  fit() {
    const { clientWidth, clientHeight } = this.stage;
    const { width, height } = this.size;
    const margin = clientWidth > 600 ? 2 * STAGE_MARGIN : 0;
    const zoom = Math.min((clientWidth - margin) / width, (clientHeight - margin) / height, LARGEST_ZOOM);
    this.canvas.style.width = `${Math.floor(width * zoom)}px`;
    this.canvas.style.height = `${Math.floor(height * zoom)}px`;
  }
}
