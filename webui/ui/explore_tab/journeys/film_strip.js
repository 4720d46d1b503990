// The whole way at one look, over the slider: as many frames as the width has room for, with the stops marked. A click
// or a drag goes there.

const STRIP_FRAME = 48; // pixels of a small picture's width

class FilmStrip {
  constructor() {
    this.box = part("strip");
    this.drawn = "";
    this.now = make("span", { className: "strip-now" });
    new ResizeObserver(() => this.draw()).observe(this.box);
    travel.onChange(() => this.draw());
    this.box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.box.setPointerCapture(event.pointerId);
      this.go(event);
    });
    this.box.addEventListener("pointermove", (event) => event.buttons === 1 && this.go(event));
  }

  go({ clientX }) {
    const { left, width } = this.box.getBoundingClientRect();
    deskHand.moved();
    filmPlayer.pause();
    filmPlayer.moveTo(((clientX - left) / width) * travel.frames.length - 0.5);
  }

  /** Which frames are shown: evenly, as many as fit. */
  chosen() {
    const count = travel.frames.length;
    const room = between(1, Math.floor(this.box.clientWidth / STRIP_FRAME), count);
    return Array.from({ length: room }, (_, place) => travel.frames[Math.floor(((place + 0.5) * count) / room)]);
  }

  draw() {
    const { frames } = travel;
    this.box.hidden = frames.length === 0;
    if (!frames.length || !this.box.clientWidth) return;
    const chosen = this.chosen();
    const key = chosen.map(({ url }) => url ?? "-").join();
    if (key === this.drawn) return;
    this.drawn = key;
    const cells = chosen.map(({ url }) => (url ? make("img", { src: url, alt: "", decoding: "async", draggable: false }) : make("span")));
    const stops = frames.filter(({ stop }) => stop !== null).map(({ index, stop }) => {
      const made = make("span", { className: "strip-stop", textContent: String(stop + 1) });
      made.style.left = `${(100 * (index + 0.5)) / frames.length}%`;
      return made;
    });
    this.box.replaceChildren(make("div", { className: "strip-frames" }, cells), ...stops, this.now);
    this.mark(filmPlayer.position);
  }

  mark(position) {
    this.now.style.left = `${(100 * (position + 0.5)) / Math.max(1, travel.frames.length)}%`;
  }
}
