// What lies on the plane and can be taken: a dot for each idea, and the point. Arrow keys move what has the focus.

const KEY_MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const KEY_STEP = 0.1;
const SMALL_KEY_STEP = 0.02;

class Dots {
  /** `movePoint(place, ended)` hears where the point is taken. */
  constructor(store, plane, movePoint) {
    Object.assign(this, { store, plane, movePoint });
    this.point = this.dot("point", "map-point", () => this.at, (place, ended) => movePoint(place, ended));
    this.point.hidden = true;
    this.at = null;
    this.nodes = [];
    const taken = { moved: (place) => movePoint(place, false), ended: (place) => movePoint(place, true), fromStart: true };
    plane.follow(plane.node, taken);
  }

  /** A dot that can be dragged and moved by keys: `where()` is its place, `take(place, ended)` where it goes. A click or
   * Enter brings the point there. */
  dot(className, testId, where, take) {
    const node = make("button", { type: "button", className: `map-dot ${className}`, attributes: { "data-testid": testId } });
    const clicked = () => {
      const { x, y } = where();
      this.movePoint({ x, y }, true);
    };
    this.plane.follow(node, { moved: (place) => take(place, false), ended: (place) => take(place, true), clicked });
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        return clicked();
      }
      const move = KEY_MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      const step = event.shiftKey ? SMALL_KEY_STEP : KEY_STEP;
      const { x, y } = where();
      const moved = (value, way) => Math.round(between(-REACH, value + way * step, REACH) * 1000) / 1000;
      take({ x: moved(x, move[0]), y: moved(y, move[1]) }, true);
    });
    return node;
  }

  /** The ideas were changed: a dot each. */
  showIdeas() {
    const { ideas } = this.store;
    while (this.nodes.length > ideas.length) this.nodes.pop().remove();
    while (this.nodes.length < ideas.length) {
      const index = this.nodes.length;
      this.nodes.push(this.dot("idea", "map-idea", () => this.store.ideas[index], (place) => this.store.move(index, place.x, place.y)));
    }
    ideas.forEach(({ prompt }, index) => {
      const letter = make("span", { className: "dot-letter", textContent: LETTERS[index] });
      // With a space between them, they are the dot's name to screen readers.
      this.nodes[index].replaceChildren(letter, " ", make("span", { className: "dot-words", textContent: prompt }));
      this.nodes[index].title = `${prompt}\nDrag it, or move it by the arrow keys; a click goes there`;
    });
    part("dots").replaceChildren(...this.nodes, this.point);
    this.showPlaces();
  }

  showPlaces() {
    this.store.ideas.forEach(({ x, y }, index) => {
      const { left, top } = onScreen(x, y);
      Object.assign(this.nodes[index].style, { left: `${left}%`, top: `${top}%` });
      // The words stay on the plane: at its edges they hang from their own edge.
      this.nodes[index].style.setProperty("--aside", between(0, 5 * (left - 40), 100));
      this.nodes[index].classList.toggle("low", top > 90);
    });
  }

  /** The point, or none while the weights are set by hand. */
  showPoint(place) {
    this.at = place;
    this.point.hidden = !place;
    if (!place) return;
    const { left, top } = onScreen(place.x, place.y);
    Object.assign(this.point.style, { left: `${left}%`, top: `${top}%` });
    this.point.setAttribute("aria-label", `The point, at ${placeInWords(place)}. Arrow keys move it.`);
  }
}
