// How two walks are laid beside each other: which step of the one belongs to which of the other, and where two
// pictures differ.

const LOCKS = {
  step: { name: "step", hint: "The same number of steps on both sides" },
  share: { name: "share of the way", hint: "As far on both sides, also where one walk has more steps" },
  noise: { name: "noise", hint: "As much noise left on both sides, also along another schedule" },
};

/** The lock that fits two recordings: by step where they have as many, by noise where they began as one walk. */
function fittingLock(one, other, related) {
  if (one.positions === other.positions) return "step";
  return related ? "noise" : "share";
}

/** The position of `to` that belongs to a position of `from`. */
function lockedPosition(lock, from, to, position) {
  const share = Math.round((position / Math.max(1, from.positions)) * to.positions);
  if (lock === "share") return share;
  if (lock === "step") return Math.min(position, to.positions);
  return nearestNoise(from, to, position, share);
}

/** The position with the nearest noise level; where several have the same, the one nearest to the share of the way. */
function nearestNoise(from, to, position, share) {
  if (position >= from.positions && from.complete) return to.positions;
  if (position < to.sigmas.length && to.sigmas[position] === from.sigmas[position]) return Math.min(position, to.positions);
  const level = (sigma) => Math.log(sigma + 1e-4);
  const far = (index) => Math.abs(level(to.sigmas[index]) - level(from.sigmas[position]));
  let best = 0;
  for (let index = 1; index <= to.positions; index += 1) {
    const nearer = far(index) - far(best);
    if (nearer < -1e-9 || (Math.abs(nearer) <= 1e-9 && Math.abs(index - share) < Math.abs(best - share))) best = index;
  }
  return best;
}

const DIFFERENCE_SIDE = 512; // pixels: enough to see
const MOVING_DIFFERENCE_SIDE = 192; // little enough for each frame of a drag
const DIFFERENCE_GAIN = 2; // a difference of half of full white is as bright as it gets
const VISIBLE_LEVELS = 8; // of 255: about what an eye notices beside each other

const HEAT = Uint32Array.from(heatTable());

/** From the page's dark over its amber to pale, as the heat maps of the server (webui/imaging/heat.py). */
function heatTable() {
  const stops = [[0, [14, 11, 8]], [0.35, [92, 58, 20]], [0.7, [242, 160, 44]], [1, [255, 244, 222]]];
  return Array.from({ length: 256 }, (_, index) => {
    const share = index / 255;
    const next = Math.max(1, stops.findIndex(([at]) => at >= share));
    const [[from, low], [to, high]] = [stops[next - 1], stops[next]];
    const [red, green, blue] = low.map((value, channel) => value + ((high[channel] - value) * (share - from)) / (to - from));
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0; // as an ImageData has it in memory
  });
}

class DifferencePicture {
  constructor(canvas) {
    this.canvas = canvas;
    this.contexts = [0, 1].map(() => new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }));
  }

  /** Draws where two bitmaps differ; returns {mean, share}: the mean of 255 levels, and how many pixels show it. */
  draw(one, other, side = DIFFERENCE_SIDE) {
    const zoom = Math.min(1, side / Math.max(one.width, one.height, other.width, other.height));
    const width = Math.max(1, Math.round(Math.max(one.width, other.width) * zoom));
    const height = Math.max(1, Math.round(Math.max(one.height, other.height) * zoom));
    const [a, b] = [one, other].map((bitmap, index) => this.pixels(bitmap, index, width, height));
    const image = new ImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    let [sum, visible] = [0, 0];
    for (let index = 0, at = 0; index < words.length; index += 1, at += 4) {
      const far = (Math.abs(a[at] - b[at]) + Math.abs(a[at + 1] - b[at + 1]) + Math.abs(a[at + 2] - b[at + 2])) / 3;
      sum += far;
      if (far >= VISIBLE_LEVELS) visible += 1;
      words[index] = HEAT[Math.min(255, Math.round(far * DIFFERENCE_GAIN))];
    }
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    return { mean: sum / (width * height), share: visible / (width * height) };
  }

  pixels(bitmap, index, width, height) {
    const context = this.contexts[index];
    const { canvas } = context;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(bitmap, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  }
}
