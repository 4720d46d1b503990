// The edits in their order, as values that are never changed: to undo is to go back to an earlier list.

const MOST_EDITS = 64; // as many as the server takes
const MOST_UNDONE = 200;

class EditList {
  constructor() {
    this.edits = [];
    this.past = [];
    this.future = [];
    this.begun = null; // the list before a slider or a stroke was taken up
    this.lastId = 0;
    this.heard = [];
  }

  onChange(hear) {
    this.heard.push(hear);
  }

  find(id) {
    return this.edits.find((edit) => edit.id === id);
  }

  /** Those that are on, as the server takes them. */
  asked() {
    const active = this.edits.filter(({ on, kind, mask }) => on && (kind !== "paint" || mask));
    return active.map(({ id, on, ...edit }) => edit);
  }

  /** Take over a list. `live` is on the way: undo goes back to before the way was begun. */
  put(edits, { live = false } = {}) {
    this.begun ??= this.edits;
    this.edits = edits;
    if (!live) this.settle();
    this.tell();
  }

  /** The way ends here, for undo. */
  settle() {
    if (this.begun && this.begun !== this.edits) {
      this.past = [...this.past, this.begun].slice(-MOST_UNDONE);
      this.future = [];
    }
    this.begun = null;
  }

  tell() {
    for (const hear of this.heard) hear();
  }

  add(edit) {
    const id = ++this.lastId;
    this.put([...this.edits, { id, on: true, ...edit }]);
    return id;
  }

  change(id, values, how) {
    this.put(this.edits.map((edit) => (edit.id === id ? { ...edit, ...values } : edit)), how);
  }

  remove(id) {
    this.put(this.edits.filter((edit) => edit.id !== id));
  }

  move(id, by) {
    const at = this.edits.findIndex((edit) => edit.id === id);
    const to = between(0, at + by, this.edits.length - 1);
    if (to === at) return;
    const others = this.edits.filter((edit) => edit.id !== id);
    this.put(others.toSpliced(to, 0, this.edits[at]));
  }

  undo() {
    this.settle();
    if (this.past.length) this.go(this.past, this.future);
  }

  redo() {
    this.settle();
    if (this.future.length) this.go(this.future, this.past);
  }

  go(from, to) {
    to.push(this.edits);
    this.edits = from.pop();
    this.tell();
  }

  /** For latents of another shape: what does not fit goes, and there is nothing to undo. */
  refit({ channels, width, height }) {
    const fits = ({ channel, one = 0, other = 0, kind, mask }) =>
      Math.max(channel ?? 0, one, other) < channels && (kind !== "paint" || !mask || (mask.width === width && mask.height === height));
    Object.assign(this, { edits: this.edits.filter(fits), past: [], future: [], begun: null });
    this.tell();
  }
}
