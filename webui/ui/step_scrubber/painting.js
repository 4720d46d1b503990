// The easel of the branch panel: the predicted picture of the step, painted over with colours, and a mask that says
// which part takes the new way. Both are brought to the server when the branch is asked for.

const PAINT_REST_MS = 400; // the step's picture is decoded when the slider rests, never during a drag
const PAINT_NOTCHES = 100;
const PAINT_DROWNS_DB = -4; // below it a blot that the words do not ask for is lost in the noise (tried by hand)
const PAINT_KEY_STEP = 12; // pixels of the screen that an arrow key moves the brush

class Painting {
  constructor(onChange) {
    this.onChange = onChange;
    this.stage = part("paint-stage");
    this.canvas = part("paint-canvas");
    this.viewport = new Viewport();
    this.overlay = new Overlay(part("paint-veil"), this.viewport);
    this.mask = new Painter(this.overlay, () => this.changed());
    this.colours = new ColourPainter(() => this.redraw(), () => this.changed());
    this.layer = "colour"; // or "mask"
    this.picking = false;
    this.base = null; // {bitmap, address} of the picture that is painted on
    this.size = null;
    this.wanted = null; // the address of the picture for where the slider is
    this.timer = 0;
    this.drawing = false;
    this.keyDown = false; // whether the keyboard's brush touches the picture
    this.ring = new Ring(this);
    this.stage.addEventListener("pointerdown", (event) => this.maybePick(event), { capture: true });
    this.gestures = new Gestures(this.stage, this);
    new ResizeObserver(() => this.resize()).observe(this.stage);
  }

  // What Gestures and Ring ask for.

  get painter() {
    return this.layer === "mask" ? this.mask : this.colours;
  }

  get painting() {
    return Boolean(this.size && this.base);
  }

  get largestSize() {
    return Math.max(32, Math.min(this.size?.width ?? 64, this.size?.height ?? 64));
  }

  moved() {
    requestAnimationFrame(() => this.place());
  }

  sizeBy(factor, at = null) {
    this.setSize(this.painter.brush.size * factor);
    if (at) this.ring.at(at);
    else this.ring.flash();
  }

  setSize(size) {
    this.painter.brush.size = between(1, size, this.largestSize);
    this.showTools();
  }

  // The picture below.

  /** Another recording: nothing is painted any more. */
  open(size) {
    this.base?.bitmap.close();
    this.base = this.wanted = null;
    clearTimeout(this.timer);
    this.begin(size);
  }

  /** Begin with nothing painted on a picture of this size. */
  begin(size) {
    this.size = size;
    this.mask.open(size);
    this.colours.open(size);
    if (!size) return;
    Object.assign(this.canvas, size);
    this.canvas.style.width = `${size.width}px`;
    this.canvas.style.height = `${size.height}px`;
    for (const painter of [this.mask, this.colours]) painter.brush.size = Math.max(size.width, size.height) / 10;
    this.viewport.frame = { left: 0, top: 0, right: size.width, bottom: size.height };
    this.resize();
    this.showTools();
  }

  /** The slider is at another step: its picture comes when the slider rests and the easel is in use. */
  turnTo(address) {
    this.wanted = address;
    this.showDrowned();
    clearTimeout(this.timer);
    const fetched = () => this.fetchBase().catch((problem) => address === this.wanted && this.tellWait(problem.message));
    if (this.inUse) this.timer = setTimeout(fetched, PAINT_REST_MS);
  }

  get inUse() {
    return part("painting").open && part("branch").open && this.wanted !== null;
  }

  async fetchBase() {
    const address = this.wanted;
    if (!address) return;
    if (this.base?.address === address) return this.stage.classList.remove("waiting");
    if (!this.base) this.tellWait("decoding this step");
    this.stage.classList.add("waiting");
    const bitmap = await fetchBitmap(address).finally(() => address === this.wanted && this.stage.classList.remove("waiting"));
    if (address !== this.wanted) return bitmap.close();
    this.tellWait("");
    this.base?.bitmap.close();
    this.base = { bitmap, address };
    const { width, height } = bitmap;
    if (width !== this.size.width || height !== this.size.height) this.fitTo({ width, height });
    this.showSwatches();
    this.redraw();
  }

  /** The passes of a hires fix have pictures of their own sizes: what was painted on one does not fit the other. */
  fitTo(size) {
    const painted = this.painted || this.masked;
    this.begin(size);
    if (painted) this.changed();
  }

  tellWait(words) {
    part("paint-wait").textContent = words;
    part("paint-wait").hidden = !words;
  }

  // Drawing.

  redraw() {
    if (this.drawing || !this.canvas) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.drawOn(this.canvas.getContext("2d"));
    });
  }

  drawOn(context) {
    const { width, height } = this.canvas;
    if (this.base) context.drawImage(this.base.bitmap, 0, 0, width, height);
    this.colours.drawOver(context);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height || !this.size) return;
    this.viewport.stage = { width, height };
    this.overlay.resize({ width, height });
    this.viewport.resize();
    this.place();
  }

  place() {
    const { scale, x, y } = this.viewport;
    this.canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.overlay.drawAll();
    this.ring.show();
  }

  // Tools.

  choose(layer) {
    this.painter.settle();
    this.layer = layer;
    this.pick(false);
    this.showTools();
  }

  erase(erasing) {
    this.painter.brush.erasing = erasing;
    this.pick(false);
    this.showTools();
  }

  pick(picking) {
    this.picking = picking;
    part("paint-pick").setAttribute("aria-pressed", picking);
    this.stage.classList.toggle("picking", picking);
  }

  maybePick(event) {
    if (!this.painting || this.layer !== "colour" || event.button !== 0 || !(this.picking || event.altKey)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    this.pickAt(this.viewport.toPicture(this.gestures.at(event)));
  }

  pickAt({ x, y }) {
    const { width, height } = this.canvas;
    const [column, row] = [between(0, Math.floor(x), width - 1), between(0, Math.floor(y), height - 1)];
    const { data } = this.canvas.getContext("2d").getImageData(column, row, 1, 1);
    this.setColour(`#${[...data.subarray(0, 3)].map((value) => value.toString(16).padStart(2, "0")).join("")}`);
    this.pick(false);
  }

  setColour(colour) {
    this.colours.brush.colour = colour;
    this.colours.brush.erasing = false;
    this.showTools();
  }

  showSwatches() {
    const swatches = coloursOf(this.base.bitmap).map((colour) =>
      make("button", {
        type: "button",
        className: "swatch",
        title: colour,
        onclick: () => this.setColour(colour),
        attributes: { "aria-label": `Colour ${colour}`, style: `--swatch: ${colour}`, "data-colour": colour, "data-testid": "swatch" },
      }),
    );
    part("swatches").replaceChildren(...swatches);
    this.showTools();
  }

  showTools() {
    const { brush } = this.painter;
    part("layer-colour").setAttribute("aria-pressed", this.layer === "colour");
    part("layer-mask").setAttribute("aria-pressed", this.layer === "mask");
    part("paint-eraser").setAttribute("aria-pressed", brush.erasing);
    part("paint-colours").hidden = part("paint-strength-label").hidden = this.layer === "mask";
    part("paint-colour").value = this.colours.brush.colour;
    for (const swatch of part("swatches").children)
      swatch.setAttribute("aria-pressed", swatch.dataset.colour === this.colours.brush.colour);
    part("paint-size").value = (PAINT_NOTCHES * Math.log(brush.size)) / Math.log(this.largestSize);
    part("paint-size-words").textContent = `${Math.round(brush.size)} px`;
    part("paint-strength-words").textContent = `${Math.round(100 * this.colours.brush.strength)} %`;
    for (const name of ["paint-size", "paint-strength"]) {
      const slider = part(name);
      slider.style.setProperty("--done", `${(100 * (slider.value - slider.min)) / (slider.max - slider.min)}%`);
    }
    this.showDrowned();
    this.showHistory();
  }

  /** Where the noise is so strong that paint is lost in it, say so, and from which step on it holds. */
  showDrowned() {
    const { recording, position } = desk;
    const decibels = recording?.snr_db ?? [];
    const drowned = this.layer === "colour" && decibels[position] != null && decibels[position] < PAINT_DROWNS_DB;
    part("paint-drowned").hidden = !drowned;
    if (!drowned) return;
    const times = 10 ** (-decibels[position] / 20);
    const holds = decibels.findIndex((each, place) => place > position && (each === null || each >= PAINT_DROWNS_DB));
    const from = holds > 0 && holds < desk.last ? ` From step ${holds} on it holds.` : "";
    part("paint-drowned").textContent =
      `Here the noise is ${Number(times.toPrecision(2)).toLocaleString("en")} times as strong as the picture: paint is lost in it where the words do not ask for it, too.${from}`;
  }

  showHistory() {
    const { done, undone } = this.mask.history ?? { done: [], undone: [] };
    const colour = this.layer === "colour";
    part("paint-undo").disabled = !(colour ? this.colours.strokes : done).length;
    part("paint-redo").disabled = !(colour ? this.colours.undone : undone).length;
    part("paint-clear").disabled = colour ? this.colours.empty : !this.masked;
  }

  changed() {
    this.showHistory();
    this.onChange();
  }

  get painted() {
    return !this.colours.empty;
  }

  get masked() {
    return Boolean(this.mask.mask && !this.mask.mask.empty);
  }

  /** Take both away; nothing of it can be undone. */
  reset() {
    if (this.size && (this.painted || this.masked)) {
      this.mask.open(this.size);
      this.colours.open(this.size);
      this.changed();
    }
  }

  // To the server.

  /** The painted picture in the server's store; its id, or null when nothing is painted. */
  async uploadPainting(address = this.wanted) {
    this.colours.settle();
    if (!this.painted) return null;
    const { width, height } = this.size;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    // The strokes lie on the step's own picture, however early the button was pressed.
    const base = this.base?.address === address ? this.base.bitmap : await fetchBitmap(address);
    context.drawImage(base, 0, 0, width, height);
    this.colours.drawOver(context);
    return storePicture(canvas);
  }

  /** The mask in the server's store; its id, or null when there is none. */
  async uploadMask() {
    this.mask.settle();
    if (!this.masked) return null;
    return storePicture(greyCanvas(this.mask.mask));
  }
}
