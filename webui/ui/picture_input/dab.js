// The shape that a brush covers between two points of its way: the hull of two discs, which may differ in radius.

class Dab {
  /** Both ends are {x, y, radius} in pixels of the picture. */
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.edges = Dab.tangents(from, to);
  }

  get bounds() {
    const { from, to } = this;
    return {
      left: Math.min(from.x - from.radius, to.x - to.radius),
      top: Math.min(from.y - from.radius, to.y - to.radius),
      right: Math.max(from.x + from.radius, to.x + to.radius),
      bottom: Math.max(from.y + from.radius, to.y + to.radius),
    };
  }

  /** The two straight sides of the hull; none where one disc lies in the other. */
  static tangents(from, to) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const distance = Math.hypot(dx, dy);
    const cosine = (from.radius - to.radius) / distance;
    if (!(Math.abs(cosine) < 1)) return [];
    const sine = Math.sqrt(1 - cosine * cosine);
    const [ux, uy] = [dx / distance, dy / distance];
    return [1, -1].map((side) => {
      const [nx, ny] = [ux * cosine - side * uy * sine, uy * cosine + side * ux * sine];
      return [from.x + nx * from.radius, from.y + ny * from.radius, to.x + nx * to.radius, to.y + ny * to.radius];
    });
  }

  /** From where to where the hull reaches on the line at `y`; it is convex, so there is no gap. */
  reach(y) {
    let [low, high] = [Infinity, -Infinity];
    for (const disc of [this.from, this.to]) {
      const square = disc.radius ** 2 - (y - disc.y) ** 2;
      if (square < 0) continue;
      const half = Math.sqrt(square);
      low = Math.min(low, disc.x - half);
      high = Math.max(high, disc.x + half);
    }
    for (const [x0, y0, x1, y1] of this.edges) {
      if (y < Math.min(y0, y1) || y > Math.max(y0, y1) || y0 === y1) continue;
      const x = x0 + ((y - y0) / (y1 - y0)) * (x1 - x0);
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
    return [low, high];
  }
}
