// The plane: where a place of the map is on the screen, clicks and drags on it, and its lines.

const REACH = 1.3; // the plane shows -REACH to REACH in both directions; ideas lie within 1 when they are projected
const CLICK_SLACK = 3; // pixels that a hand may tremble in a click
const SVG = "http://www.w3.org/2000/svg";

/** Per cent from the left and from the top of a place; y grows upwards, as on a map. */
function onScreen(x, y) {
  return { left: 50 * (1 + x / REACH), top: 50 * (1 - y / REACH) };
}

/** A number for people, to two digits; what is nearly 0 has no sign. */
function twoDigits(value) {
  return (Math.round(100 * value) / 100).toFixed(2);
}

function placeInWords({ x, y }) {
  return `${twoDigits(x)}, ${twoDigits(y)}`;
}

class Plane {
  constructor() {
    this.node = part("plane");
    this.pointer = null; // where it was last, as a place
    this.node.addEventListener("pointermove", (event) => (this.pointer = this.placeOf(event)));
  }

  placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.node.getBoundingClientRect();
    const place = (share) => Math.round(between(-REACH, REACH * (2 * share - 1), REACH) * 1000) / 1000;
    return { x: place((clientX - left) / width), y: -place((clientY - top) / height) };
  }

  /**
   * Follow a pointer from where it goes down on `node`: `moved(place)` at each move, `ended(place)` when it is let go,
   * `clicked()` when it did not move. With `fromStart`, going down is a move, too.
   */
  follow(node, { moved, ended, clicked = () => {}, fromStart = false }) {
    node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      node.setPointerCapture(event.pointerId);
      let last = fromStart ? this.placeOf(event) : null;
      if (last) moved(last);
      const move = (later) => {
        if (!last && Math.hypot(later.clientX - event.clientX, later.clientY - event.clientY) < CLICK_SLACK) return;
        moved((last = this.placeOf(later)));
      };
      const heard = { pointermove: move, pointerup: () => end(), pointercancel: () => end() };
      const end = () => {
        for (const type of Object.keys(heard)) node.removeEventListener(type, heard[type]);
        if (last) ended(last);
        else clicked();
      };
      for (const type of Object.keys(heard)) node.addEventListener(type, heard[type]);
    });
  }

  /** The hull, and a line from the point to each idea, the stronger the heavier; dashed where the weight is below 0. */
  drawLines(ideas, point, weights) {
    const at = ({ x, y }) => Object.values(onScreen(x, y)).map((value) => value.toFixed(2));
    const hull = drawn("polygon", { class: "hull", points: hullOf(ideas.map(({ x, y }) => [x, y])).map(([x, y]) => at({ x, y }).join(",")).join(" ") });
    const lines = !point || !weights ? [] : ideas.flatMap((idea, index) => {
      const weight = weights[index] ?? 0;
      if (Math.abs(weight) < 0.005) return [];
      const [[x1, y1], [x2, y2]] = [at(point), at(idea)];
      const opacity = between(0.12, Math.abs(weight), 1).toFixed(2);
      return [drawn("line", { class: weight < 0 ? "pull away" : "pull", x1, y1, x2, y2, opacity })];
    });
    part("lines").replaceChildren(hull, ...lines);
  }
}

function drawn(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
