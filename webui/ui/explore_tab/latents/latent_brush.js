// Painting on the stage, latent by latent: with a pointer, or with the arrows and the space bar.

class LatentBrush {
  constructor(list, inspection) {
    this.list = list;
    this.inspection = inspection;
    this.edit = null; // the id of the painting that the brush belongs to now
    this.erasing = false;
    this.width = 3; // of the brush, in latents
    this.mask = null; // that which is being painted on
    this.at = null; // the last place, in latents
    this.heard = [];
    this.brush = new Brush();
    list.onChange(() => this.edit !== null && !list.find(this.edit) && this.take(null));
    inspection.on("after", () => this.mask || this.showVeil(null));
    joinPointer(this);
    joinArrows(this);
  }

  onTake(hear) {
    this.heard.push(hear);
  }

  /** Take up the brush (or the eraser) of an edit; null puts it down. */
  take(edit, erasing = false) {
    Object.assign(this, { edit, erasing });
    const stage = part("stage");
    stage.classList.toggle("painting", edit !== null);
    if (edit === null) stage.removeAttribute("tabindex");
    else stage.tabIndex = 0;
    stage.setAttribute("aria-label", edit === null ? "Picture" : "Paint with a pointer, or with the arrows and the space bar");
    part("ring").hidden = true;
    for (const hear of this.heard) hear();
  }

  setWidth(width) {
    this.width = width;
    if (this.at) this.showRing(this.at);
    for (const hear of this.heard) hear();
  }

  get size() {
    const { latent_width: width, latent_height: height } = this.inspection.told;
    return { width, height };
  }

  /** Where a pointer is, in latents. */
  placeOf({ clientX, clientY }) {
    const { left, top, width, height } = part("frame").getBoundingClientRect();
    const { width: columns, height: rows } = this.size;
    return { x: ((clientX - left) / width) * columns, y: ((clientY - top) / height) * rows };
  }

  begin(place) {
    const { width, height } = this.size;
    this.mask = this.list.find(this.edit).mask?.copy() ?? new LatentMask(width, height);
    this.at = null;
    this.go(place);
  }

  go(place) {
    const { width, height } = this.size;
    this.brush.erasing = this.erasing;
    const radius = Math.max(this.width / 2, 0.71); // at least the latent under it
    const middle = { x: Math.floor(place.x) + 0.5, y: Math.floor(place.y) + 0.5, radius };
    const dab = new Dab(this.at ?? middle, middle);
    const { left, top, right, bottom } = dab.bounds;
    const within = { left: Math.max(0, Math.floor(left)), top: Math.max(0, Math.floor(top)), right: Math.min(width, Math.ceil(right)), bottom: Math.min(height, Math.ceil(bottom)) };
    this.brush.paint(this.mask, dab, within, this.erasing);
    this.at = middle;
    this.showVeil(this.mask);
    this.list.change(this.edit, { mask: this.mask.copy() }, { live: true });
  }

  end() {
    if (!this.mask) return;
    const { mask, edit } = this;
    this.mask = null;
    this.list.change(edit, { mask: mask.count ? mask : null });
  }

  /** What is being painted, until the picture that comes of it is there. */
  showVeil(mask) {
    const veil = part("veil");
    veil.hidden = !mask;
    if (!mask) return;
    Object.assign(veil, { width: mask.width, height: mask.height });
    const pixels = new ImageData(mask.width, mask.height);
    mask.pixels.forEach((value, place) => pixels.data.set([255, 244, 222, value ? 150 : 0], 4 * place));
    veil.getContext("2d").putImageData(pixels, 0, 0);
  }

  /** The brush's outline around a place in latents. */
  showRing({ x, y }) {
    const { width: columns, height: rows } = this.size;
    const { style } = part("ring");
    part("ring").hidden = false;
    style.left = `${(100 * x) / columns}%`;
    style.top = `${(100 * y) / rows}%`;
    style.width = `${(100 * this.width) / columns}%`;
  }
}

function joinPointer(brush) {
  const stage = part("stage");
  stage.addEventListener("pointerdown", (event) => {
    if (brush.edit === null || event.button !== 0 || view.view === "both") return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    brush.begin(brush.placeOf(event));
  });
  stage.addEventListener("pointermove", (event) => {
    if (brush.edit === null) return;
    const place = brush.placeOf(event);
    brush.showRing(place);
    if (brush.mask) brush.go(place);
  });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => brush.end());
  stage.addEventListener("pointerleave", () => (part("ring").hidden = true));
}

const BRUSH_MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function joinArrows(brush) {
  part("stage").addEventListener("keydown", (event) => {
    if (brush.edit === null) return;
    const { width, height } = brush.size;
    const at = brush.at ?? { x: width / 2, y: height / 2 };
    const move = BRUSH_MOVES[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    const [x, y] = [between(0.5, at.x + (move?.[0] ?? 0), width - 0.5), between(0.5, at.y + (move?.[1] ?? 0), height - 0.5)];
    if (event.key === " ") {
      brush.begin({ x, y });
      brush.end();
    }
    brush.at = { ...at, x, y };
    brush.showRing(brush.at);
  });
}
