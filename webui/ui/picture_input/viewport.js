// Which part of the picture the stage shows: a scale, and where the picture's corner is. All in CSS pixels.

const LARGEST_SCALE = 32;
const EDGE = 8; // kept free around the whole picture

class Viewport {
  constructor() {
    this.stage = { width: 0, height: 0 };
    this.frame = { left: 0, top: 0, right: 1, bottom: 1 }; // the picture with its margins, in its own pixels
    this.fitted = true;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
  }

  get fitScale() {
    const { left, top, right, bottom } = this.frame;
    const across = (this.stage.width - 2 * EDGE) / (right - left);
    const down = (this.stage.height - 2 * EDGE) / (bottom - top);
    return Math.max(0.001, Math.min(across, down, 4));
  }

  fit() {
    this.fitted = true;
    this.scale = this.fitScale;
    const { left, top, right, bottom } = this.frame;
    this.x = (this.stage.width - (left + right) * this.scale) / 2;
    this.y = (this.stage.height - (top + bottom) * this.scale) / 2;
  }

  /** The stage or the frame has another size. */
  resize() {
    if (this.fitted) this.fit();
    else this.hold();
  }

  /** Zoom so that the point of the stage stays over the same point of the picture. */
  zoom(factor, at = { x: this.stage.width / 2, y: this.stage.height / 2 }) {
    const smallest = this.fitScale;
    const scale = between(smallest, this.scale * factor, Math.max(smallest, LARGEST_SCALE));
    if (scale <= smallest) return this.fit();
    this.fitted = false;
    this.x = at.x - ((at.x - this.x) * scale) / this.scale;
    this.y = at.y - ((at.y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.hold();
  }

  pan(dx, dy) {
    if (this.fitted) return;
    this.x += dx;
    this.y += dy;
    this.hold();
  }

  /** Keeps a part of the picture in sight: it is never moved further than the middle of the stage. */
  hold() {
    const { left, top, right, bottom } = this.frame;
    const [middleX, middleY] = [this.stage.width / 2, this.stage.height / 2];
    this.x = between(middleX - right * this.scale, this.x, middleX - left * this.scale);
    this.y = between(middleY - bottom * this.scale, this.y, middleY - top * this.scale);
  }

  toPicture({ x, y }) {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }

  toStage({ x, y }) {
    return { x: x * this.scale + this.x, y: y * this.scale + this.y };
  }
}
