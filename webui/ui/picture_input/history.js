// Undo and redo. A step holds what its tiles looked like before, in runs of equal bytes; undoing swaps them with what
// is there now, so that the same step can be done again. Turning the mask over needs no memory at all.

const TILE = 256; // pixels
const KEPT_STEPS = 30; // these are kept whatever they weigh ...
const KEPT_BYTES = 64 * 2 ** 20; // ... and older ones as long as all weigh less than this

class History {
  constructor(mask) {
    this.mask = mask;
    this.done = [];
    this.undone = [];
    this.open = null; // tiles of the step that is being made, by number
  }

  begin() {
    this.open = new Map();
  }

  /** Remember what is in this rectangle, before it changes. */
  keep(rectangle) {
    const { mask, open } = this;
    const across = Math.ceil(mask.width / TILE);
    for (let row = Math.floor(rectangle.top / TILE); row * TILE < rectangle.bottom; row++) {
      for (let column = Math.floor(rectangle.left / TILE); column * TILE < rectangle.right; column++) {
        const number = row * across + column;
        if (!open.has(number)) open.set(number, this.tileAt(row, column));
      }
    }
  }

  tileAt(row, column) {
    const place = within(
      { left: column * TILE, top: row * TILE, right: (column + 1) * TILE, bottom: (row + 1) * TILE },
      this.mask.width,
      this.mask.height,
    );
    return { place, bytes: this.mask.copyOf(place) };
  }

  commit() {
    const tiles = [...this.open.values()].map(({ place, bytes }) => ({ place, runs: toRuns(bytes) }));
    this.open = null;
    this.add({ tiles });
  }

  /** Undo the step that is being made, as if it had never begun; gives the rectangle that changed back. */
  abandon() {
    let changed = null;
    for (const { place, bytes } of this.open.values()) {
      this.mask.put(bytes, place);
      changed = joined(changed, place);
    }
    this.open = null;
    return changed;
  }

  addInversion() {
    this.add({ inversion: true });
  }

  add(step) {
    this.undone = [];
    this.done.push(step);
    let weight = this.done.reduce((sum, { tiles = [] }) => sum + weightOf(tiles), 0);
    while (this.done.length > KEPT_STEPS && weight > KEPT_BYTES) weight -= weightOf(this.done.shift().tiles ?? []);
  }

  undo() {
    return this.move(this.done, this.undone);
  }

  redo() {
    return this.move(this.undone, this.done);
  }

  move(from, to) {
    const step = from.pop();
    if (!step) return null;
    to.push(step);
    if (step.inversion) {
      this.mask.invert();
      return this.mask.everything;
    }
    let changed = null;
    for (const tile of step.tiles) {
      const now = this.mask.copyOf(tile.place);
      this.mask.put(fromRuns(tile.runs, now.length), tile.place);
      tile.runs = toRuns(now);
      changed = joined(changed, tile.place);
    }
    return changed;
  }
}

function weightOf(tiles) {
  return tiles.reduce((sum, { runs }) => sum + runs.byteLength, 0);
}

/** Pairs of (length - 1, value); the bytes as they are where that is shorter. */
function toRuns(bytes) {
  const runs = [];
  for (let start = 0, end; start < bytes.length; start = end) {
    const value = bytes[start];
    end = start + 1;
    while (end < bytes.length && bytes[end] === value) end++;
    runs.push(end - start - 1, value);
    if (runs.length * 2 >= bytes.length) return bytes;
  }
  return Uint16Array.from(runs);
}

function fromRuns(runs, length) {
  if (runs instanceof Uint8Array) return runs;
  const bytes = new Uint8Array(length);
  for (let index = 0, at = 0; index < runs.length; index += 2) {
    const end = at + runs[index] + 1;
    bytes.fill(runs[index + 1], at, end);
    at = end;
  }
  return bytes;
}
