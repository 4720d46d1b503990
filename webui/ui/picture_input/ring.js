// The ring that shows where the brush is and how large.

const SHOWN_MS = 900; // how long it shows a new size when no pointer is over the stage

class Ring {
  constructor(board) {
    this.board = board;
    this.element = part("ring");
    this.place = null; // on the stage, where the pointer or the keyboard's brush is
    this.timer = 0;
  }

  at(place) {
    this.place = place;
    this.show();
  }

  leave() {
    this.place = null;
    this.show();
  }

  /** Show the size for a moment, in the middle of the stage unless the brush is somewhere. */
  flash() {
    this.show(true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), SHOWN_MS);
  }

  show(flashing = false) {
    const { viewport, painter, painting } = this.board;
    const { width, height } = viewport.stage;
    const place = this.place ?? (flashing ? { x: width / 2, y: height / 2 } : null);
    this.element.hidden = !painting || !place;
    if (this.element.hidden) return;
    const across = Math.max(4, painter.brush.size * viewport.scale);
    this.element.style.width = this.element.style.height = `${across}px`;
    this.element.style.transform = `translate(${place.x - across / 2}px, ${place.y - across / 2}px)`;
    this.element.classList.toggle("erasing", painter.brush.erasing);
  }
}
