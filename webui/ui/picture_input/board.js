// The stage with what is on it: the picture, the frame around it, the veil of the mask and the brush's ring.

class Board {
  constructor(onMask) {
    this.viewport = new Viewport();
    this.overlay = new Overlay(part("veil"), this.viewport);
    this.painter = new Painter(this.overlay, () => {
      this.showHistory();
      onMask();
    });
    this.ring = new Ring(this);
    this.picture = null; // its size in pixels, while there is one
    this.margins = { left: 0, top: 0, right: 0, bottom: 0 };
    this.moving = false;
    new ResizeObserver(() => this.resize()).observe(part("stage"));
  }

  /** Whether a mask can be painted here, on the way of making a picture that is chosen. */
  get forPainting() {
    return props.painting !== false && (document.documentElement.dataset.way ?? "inpaint") === "inpaint";
  }

  get painting() {
    return Boolean(this.picture) && this.forPainting;
  }

  get large() {
    return part("box").classList.contains("large");
  }

  /** Show a picture of this size, with nothing painted; null for none. */
  open(size) {
    this.picture = size;
    this.painter.open(size);
    this.setMargins({ left: 0, top: 0, right: 0, bottom: 0 });
    if (size) {
      part("image").style.width = `${size.width}px`;
      part("image").style.height = `${size.height}px`;
      this.setSize(Math.max(size.width, size.height) / 8);
    }
    this.fit();
    this.showHistory();
  }

  setMargins(margins) {
    this.margins = margins;
    const { width, height } = this.picture ?? { width: 1, height: 1 };
    const { left, top, right, bottom } = margins;
    this.viewport.frame = { left: -left, top: -top, right: width + right, bottom: height + bottom };
    this.viewport.resize();
    this.moved();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = part("stage");
    if (!width || !height) return; // on a tab that is not shown
    this.viewport.stage = { width, height };
    this.overlay.resize({ width, height });
    this.viewport.resize();
    this.place();
  }

  fit() {
    this.viewport.fit();
    this.moved();
  }

  /** The picture was zoomed or moved: show it so in the next frame. */
  moved() {
    if (this.moving) return;
    this.moving = true;
    requestAnimationFrame(() => {
      this.moving = false;
      this.place();
    });
  }

  place() {
    const { viewport } = this;
    const { scale, x, y, frame } = viewport;
    const image = part("image");
    image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    image.classList.toggle("sharp", scale * this.overlay.ratio >= SHARP_ZOOM);
    const corner = viewport.toStage({ x: frame.left, y: frame.top });
    const edges = part("frame").style;
    edges.transform = `translate(${corner.x}px, ${corner.y}px)`;
    edges.width = `${(frame.right - frame.left) * scale}px`;
    edges.height = `${(frame.bottom - frame.top) * scale}px`;
    const level = `${Math.round(100 * scale)} %`;
    part("fit").textContent = level;
    part("fit").setAttribute("aria-label", `${level}: show the whole picture`);
    this.overlay.drawAll();
    this.ring.show();
  }

  get largestSize() {
    return Math.max(64, (this.picture?.width ?? 64) / 2, (this.picture?.height ?? 64) / 2);
  }

  setSize(size) {
    this.painter.brush.size = between(1, size, this.largestSize);
    showBrush(this);
  }

  /** Change the brush's size; `at` is where the pointer is, if the pointer does it. */
  sizeBy(factor, at = null) {
    this.setSize(this.painter.brush.size * factor);
    if (at) this.ring.at(at);
    else this.ring.flash();
  }

  choose(erasing) {
    this.painter.brush.erasing = erasing;
    showBrush(this);
    this.ring.show();
  }

  undo() {
    this.painter.undo();
  }

  redo() {
    this.painter.redo();
  }

  showHistory() {
    const { done, undone } = this.painter.history ?? { done: [], undone: [] };
    part("undo").disabled = !done.length;
    part("redo").disabled = !undone.length;
  }

  enlarge(large) {
    part("box").classList.toggle("large", large);
    part("enlarge").setAttribute("aria-pressed", large);
    document.documentElement.classList.toggle("picture-enlarged", large);
  }
}
