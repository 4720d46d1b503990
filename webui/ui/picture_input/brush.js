// Brush and eraser: put a dab into the mask. A dab never takes back what another one gave (the larger value counts,
// for the eraser the smaller one), so a stroke that crosses itself stays even, and a grey stays the grey that was set.

const PROFILE_STEPS = 1024; // of the softness table, over the squared distance from the middle

class Brush {
  constructor() {
    this.erasing = false;
    this.size = 64; // diameter in pixels of the picture
    this.strength = 1;
    this.softness = 0; // share of the radius over which the edge fades
  }

  /** Paints a dab; `rectangle` is its bounds within the mask. */
  paint(mask, dab, rectangle, erasing) {
    const profile = this.softness > 0 ? this.profile() : null;
    const full = Math.round(255 * this.strength);
    const { pixels, width } = mask;
    for (let y = rectangle.top; y < rectangle.bottom; y++) {
      const [low, high] = dab.reach(y + 0.5);
      const start = Math.max(rectangle.left, Math.ceil(low - 0.5));
      const end = Math.min(rectangle.right, Math.floor(high - 0.5) + 1);
      if (start >= end) continue;
      const row = pixels.subarray(y * width + start, y * width + end);
      if (profile) softRow(row, profile, dab, start + 0.5, y + 0.5, erasing);
      else evenRow(row, full, erasing);
    }
  }

  /** The value by the squared share of the radius: full in the middle, fading to nothing at the edge. */
  profile() {
    const table = new Uint8Array(PROFILE_STEPS + 1);
    for (let index = 0; index <= PROFILE_STEPS; index++) {
      const inwards = between(0, (1 - Math.sqrt(index / PROFILE_STEPS)) / this.softness, 1);
      table[index] = Math.round(255 * this.strength * inwards * inwards * (3 - 2 * inwards));
    }
    return table;
  }
}

function evenRow(row, value, erasing) {
  if (value === 255) return row.fill(erasing ? 0 : 255);
  const left = 255 - value;
  for (let index = 0; index < row.length; index++) {
    if (erasing) row[index] = Math.min(row[index], left);
    else row[index] = Math.max(row[index], value);
  }
}

function softRow(row, profile, { from, to }, x, y, erasing) {
  const [dx, dy, dr] = [to.x - from.x, to.y - from.y, to.radius - from.radius];
  const length = dx * dx + dy * dy;
  const along = (y - from.y) * dy;
  for (let index = 0; index < row.length; index++) {
    const px = x + index - from.x;
    let share = length ? (px * dx + along) / length : 0;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    const ox = px - share * dx;
    const oy = y - from.y - share * dy;
    const radius = from.radius + share * dr;
    const place = ((ox * ox + oy * oy) / (radius * radius)) * PROFILE_STEPS;
    const value = place < PROFILE_STEPS ? profile[place | 0] : 0;
    if (erasing) row[index] = Math.min(row[index], 255 - value);
    else if (value > row[index]) row[index] = value;
  }
}
