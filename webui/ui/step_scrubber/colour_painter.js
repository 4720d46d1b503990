// Painting with colours. Strokes are kept as what the hand did, not as pixels: undoing draws the others again, and the
// same strokes lie over another step's picture when the slider moves. It answers to the same calls as the mask's
// Painter, so that mouse, pen and fingers (Gestures) need not know which of the two they move.

class ColourPainter {
  constructor(onDraw, onChange) {
    this.onDraw = onDraw; // called when the strokes are to be drawn again
    this.onChange = onChange; // called when a stroke was added, undone or cleared
    this.brush = { size: 32, strength: 1, colour: "#d8452e", erasing: false };
    this.layer = document.createElement("canvas"); // every finished stroke
    this.sheet = document.createElement("canvas"); // the one that is being made, in full strength
    this.open(null);
  }

  /** Begin with nothing painted on a picture of this size. */
  open(size) {
    for (const canvas of [this.layer, this.sheet]) Object.assign(canvas, size ?? { width: 1, height: 1 });
    this.strokes = [];
    this.undone = [];
    this.stroke = this.end = null;
    this.onDraw();
  }

  /** Whether nothing is painted. */
  get empty() {
    return this.strokes.length === 0 || this.strokes.at(-1).clearing === true;
  }

  begin(point, erasing = this.brush.erasing) {
    this.settle();
    const { colour, strength } = this.brush;
    this.stroke = { colour, strength, erasing, dabs: [], last: point };
    this.extend(point);
  }

  beginStraight(point) {
    this.begin(this.end ?? point);
    this.extend(point);
  }

  extend(point) {
    if (!this.stroke) return;
    const dab = new Dab(this.stroke.last, point);
    this.stroke.last = point;
    this.stroke.dabs.push(dab);
    fillDab(this.sheet.getContext("2d"), dab, this.stroke.erasing ? "#000" : this.stroke.colour);
    this.onDraw();
  }

  /** End the stroke that is being made. */
  settle() {
    if (!this.stroke) return;
    const { last, ...stroke } = this.stroke;
    this.end = last;
    this.stroke = null;
    this.add(stroke);
  }

  add(stroke) {
    this.strokes.push(stroke);
    this.undone = [];
    if (stroke.clearing) this.wipe(this.layer);
    else this.lay(this.layer.getContext("2d"), stroke);
    this.wipe(this.sheet);
    this.onDraw();
    this.onChange();
  }

  /** Take the stroke back that is being made: a second finger came, and it was no stroke. */
  abandon() {
    this.stroke = null;
    this.wipe(this.sheet);
    this.onDraw();
  }

  undo() {
    this.settle();
    this.move(this.strokes, this.undone);
  }

  redo() {
    this.settle();
    this.move(this.undone, this.strokes);
  }

  move(from, to) {
    if (!from.length) return;
    to.push(from.pop());
    this.drawStrokes();
    this.onChange();
  }

  clear() {
    this.settle();
    if (!this.empty) this.add({ clearing: true });
  }

  drawStrokes() {
    this.wipe(this.layer);
    this.wipe(this.sheet);
    const context = this.layer.getContext("2d");
    const from = this.strokes.findLastIndex(({ clearing }) => clearing) + 1;
    for (const stroke of this.strokes.slice(from)) {
      for (const dab of stroke.dabs) fillDab(this.sheet.getContext("2d"), dab, stroke.erasing ? "#000" : stroke.colour);
      this.lay(context, stroke);
      this.wipe(this.sheet);
    }
    this.onDraw();
  }

  /** Lay the sheet on the layer: a stroke that crosses itself stays even, whatever its strength. */
  lay(context, { erasing, strength }) {
    context.save();
    context.globalAlpha = erasing ? 1 : strength;
    context.globalCompositeOperation = erasing ? "destination-out" : "source-over";
    context.drawImage(this.sheet, 0, 0);
    context.restore();
  }

  wipe(canvas) {
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  }

  /** Draw what is painted over what the canvas shows. */
  drawOver(context) {
    if (!this.stroke?.erasing) {
      context.drawImage(this.layer, 0, 0);
      if (this.stroke) this.lay(context, this.stroke);
      return;
    }
    const rest = new OffscreenCanvas(this.layer.width, this.layer.height);
    const restContext = rest.getContext("2d");
    restContext.drawImage(this.layer, 0, 0);
    this.lay(restContext, this.stroke);
    context.drawImage(rest, 0, 0);
  }
}

/** The hull of a dab's two discs. Its parts are filled one by one: together, some would cancel each other out. */
function fillDab(context, { from, to, edges }, colour) {
  context.fillStyle = colour;
  for (const { x, y, radius } of [from, to]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
  if (edges.length < 2) return;
  const [[x0, y0, x1, y1], [u0, v0, u1, v1]] = edges;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.lineTo(u1, v1);
  context.lineTo(u0, v0);
  context.fill();
}

/** A few colours that are much in a picture, dark to light: k-means over a small copy (Lloyd 1982). */
function coloursOf(picture, count = 7) {
  const side = 24;
  const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const pixels = Array.from({ length: side * side }, (_, index) => [...data.subarray(4 * index, 4 * index + 3)]);
  const light = ([red, green, blue]) => 0.299 * red + 0.587 * green + 0.114 * blue;
  pixels.sort((one, other) => light(one) - light(other));
  let means = Array.from({ length: count }, (_, index) => pixels[Math.floor(((index + 0.5) * pixels.length) / count)]);
  for (let round = 0; round < 8; round += 1) means = meansAround(pixels, means);
  const hex = (mean) => `#${mean.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
  return [...new Set(means.sort((one, other) => light(one) - light(other)).map(hex))];
}

function meansAround(pixels, means) {
  const sums = means.map(() => [0, 0, 0, 0]);
  for (const [red, green, blue] of pixels) {
    const far = means.map(([r, g, b]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2);
    const sum = sums[far.indexOf(Math.min(...far))];
    [red, green, blue, 1].forEach((value, index) => (sum[index] += value));
  }
  return sums.map(([red, green, blue, count], index) => (count ? [red / count, green / count, blue / count] : means[index]));
}
