// The hull around the ideas, to be drawn (Andrew's monotone chain): inside it the map interpolates.

function turn([ax, ay], [bx, by], [cx, cy]) {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/** The corners of the hull of [[x, y], ...], in order. */
function hullOf(places) {
  const sorted = [...places].sort(([ax, ay], [bx, by]) => ax - bx || ay - by);
  const half = (points) => {
    const chain = [];
    for (const point of points) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}
