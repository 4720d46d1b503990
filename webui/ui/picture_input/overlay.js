// Shows the mask as a veil of amber over the picture. The canvas is only as large as the stage, and only what changed
// is drawn again, so a stroke costs as much on a picture of 4096 pixels as on a small one.

const VEIL = [242, 160, 44];
const VEIL_STRENGTH = 0.62;
const LARGEST_PIXEL_RATIO = 2; // more is not seen through a veil
const SHARP_ZOOM = 6; // from here on single pixels are shown as squares

class Overlay {
  constructor(canvas, viewport) {
    this.canvas = canvas;
    this.viewport = viewport;
    this.context = canvas.getContext("2d");
    this.scratch = document.createElement("canvas");
    this.scratchContext = this.scratch.getContext("2d");
    this.mask = null;
  }

  get ratio() {
    return Math.min(window.devicePixelRatio || 1, LARGEST_PIXEL_RATIO);
  }

  resize({ width, height }) {
    this.canvas.width = Math.max(1, Math.round(width * this.ratio));
    this.canvas.height = Math.max(1, Math.round(height * this.ratio));
  }

  drawAll() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.mask) this.draw(this.mask.everything);
  }

  /** Draw this rectangle of the picture. What is cut off at device pixels leaves no seams. */
  draw(rectangle) {
    const zoom = this.viewport.scale * this.ratio;
    const [x, y] = [this.viewport.x * this.ratio, this.viewport.y * this.ratio];
    const cut = within(
      {
        left: rectangle.left * zoom + x - 2,
        top: rectangle.top * zoom + y - 2,
        right: rectangle.right * zoom + x + 2,
        bottom: rectangle.bottom * zoom + y + 2,
      },
      this.canvas.width,
      this.canvas.height,
    );
    if (!cut) return;
    const step = Math.max(1, Math.floor(1 / zoom));
    const source = this.sourceOf(cut, zoom, x, y, step);
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(cut.left, cut.top, cut.right - cut.left, cut.bottom - cut.top);
    context.clip();
    context.clearRect(cut.left, cut.top, cut.right - cut.left, cut.bottom - cut.top);
    if (source) this.drawVeil(source, zoom, x, y, step);
    context.restore();
  }

  /** The pixels of the mask that show through the cut, with a little more around, on the grid of samples. */
  sourceOf(cut, zoom, x, y, step) {
    const around = within(
      {
        left: (cut.left - x) / zoom - 2 * step,
        top: (cut.top - y) / zoom - 2 * step,
        right: (cut.right - x) / zoom + 2 * step,
        bottom: (cut.bottom - y) / zoom + 2 * step,
      },
      this.mask.width,
      this.mask.height,
    );
    if (!around) return null;
    return { ...around, left: around.left - (around.left % step), top: around.top - (around.top % step) };
  }

  drawVeil(source, zoom, x, y, step) {
    const width = Math.ceil((source.right - source.left) / step);
    const height = Math.ceil((source.bottom - source.top) / step);
    if (this.scratch.width < width) this.scratch.width = width;
    if (this.scratch.height < height) this.scratch.height = height;
    this.scratchContext.putImageData(this.sampled(source, width, height, step), 0, 0);
    const { context } = this;
    context.imageSmoothingEnabled = zoom < SHARP_ZOOM;
    const [toX, toY] = [source.left * zoom + x, source.top * zoom + y];
    context.drawImage(this.scratch, 0, 0, width, height, toX, toY, width * step * zoom, height * step * zoom);
  }

  /** One sample for each `step` pixels: the mean of four where there are more. */
  sampled(source, width, height, step) {
    const image = new ImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    const colour = VEIL[0] | (VEIL[1] << 8) | (VEIL[2] << 16);
    const { pixels, width: across, height: down } = this.mask;
    const [near, far] = [step >> 2, (3 * step) >> 2];
    for (let row = 0, index = 0; row < height; row++) {
      const first = source.top + row * step;
      const upper = Math.min(down - 1, first + near) * across;
      const lower = Math.min(down - 1, first + far) * across;
      for (let column = 0; column < width; column++, index++) {
        const left = source.left + column * step;
        const value = step === 1 ? pixels[upper + left] : meanOfFour(pixels, upper, lower, left + near, left + far, across);
        if (value) words[index] = colour | (Math.round(value * VEIL_STRENGTH) << 24);
      }
    }
    return image;
  }
}

function meanOfFour(pixels, upper, lower, left, right, across) {
  const x0 = left < across ? left : across - 1;
  const x1 = right < across ? right : across - 1;
  return (pixels[upper + x0] + pixels[upper + x1] + pixels[lower + x0] + pixels[lower + x1]) >> 2;
}
