// What can be done to the mask; every change is drawn in the next frame, can be undone, and is told to `onChange`.

class Painter {
  constructor(overlay, onChange) {
    this.overlay = overlay;
    this.onChange = onChange;
    this.brush = new Brush();
    this.mask = null;
    this.history = null;
    this.stroke = null; // {last, erasing} while one is made
    this.end = null; // where the last stroke ended, for straight lines
    this.dirty = null;
    this.drawing = false; // whether a frame is asked for
  }

  /** Begin with an empty mask of this size, or with none. */
  open(size) {
    this.mask = size ? new Mask(size.width, size.height) : null;
    this.history = size ? new History(this.mask) : null;
    this.overlay.mask = this.mask;
    this.stroke = this.end = null;
    this.overlay.drawAll();
  }

  begin(point, erasing = this.brush.erasing) {
    this.settle();
    this.history.begin();
    this.stroke = { last: point, erasing, painted: false };
    this.extend(point);
  }

  beginStraight(point) {
    const from = this.end ?? point;
    this.begin(from);
    this.extend(point);
  }

  extend(point) {
    if (!this.stroke) return; // it was ended by a key while the pointer was still down
    const { last, erasing } = this.stroke;
    const dab = new Dab(last, point);
    this.stroke.last = point;
    const rectangle = within(dab.bounds, this.mask.width, this.mask.height);
    if (!rectangle) return;
    this.stroke.painted = true;
    this.history.keep(rectangle);
    this.brush.paint(this.mask, dab, rectangle, erasing);
    this.redraw(rectangle);
  }

  /** End a stroke that is still being made, before something else changes the mask. */
  settle() {
    if (this.stroke) this.finish();
  }

  finish() {
    const { painted, last } = this.stroke;
    this.stroke = null;
    this.end = last;
    if (!painted) return void this.history.abandon();
    this.history.commit();
    this.onChange();
  }

  /** Take the stroke back that is being made: a second finger came, and it was no stroke. */
  abandon() {
    if (!this.stroke) return;
    this.stroke = null;
    this.redraw(this.history.abandon());
  }

  undo() {
    this.settle();
    this.step(this.history.undo());
  }

  redo() {
    this.settle();
    this.step(this.history.redo());
  }

  step(changed) {
    if (!changed) return;
    this.redraw(changed);
    this.onChange();
  }

  invert() {
    this.settle();
    this.mask.invert();
    this.history.addInversion();
    this.step(this.mask.everything);
  }

  clear() {
    if (!this.mask.empty) this.replace(null);
  }

  /** Put these bytes, one for each pixel, in the place of the mask; null for nothing painted. */
  replace(bytes) {
    this.settle();
    this.history.begin();
    this.history.keep(this.mask.everything);
    if (bytes) this.mask.pixels.set(bytes);
    else this.mask.pixels.fill(0);
    this.history.commit();
    this.step(this.mask.everything);
  }

  /** Draw it in the next frame, together with whatever else changes until then. */
  redraw(rectangle) {
    this.dirty = joined(this.dirty, rectangle);
    if (this.drawing || !this.dirty) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      const { dirty } = this;
      this.dirty = null;
      if (this.mask) this.overlay.draw(dirty);
    });
  }
}
