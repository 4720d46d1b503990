// The keyboard: tools, size, zoom, undo and redo while the pointer is over the component or the focus is in it, and
// drawing without any pointer while the focus is on the stage.

const SIZE_STEP = 1.15;
const ZOOM_STEP = 1.25;

class Keys {
  constructor(board, gestures) {
    this.board = board;
    this.gestures = gestures;
    this.down = false; // whether the keyboard's brush touches the picture
    // Before the keys of the page, to which Escape means something else.
    document.addEventListener("keydown", (event) => this.pressed(event), { capture: true });
    document.addEventListener("keyup", ({ code }) => code === "Space" && this.holdSpace(false));
    window.addEventListener("blur", () => this.holdSpace(false));
    part("stage").addEventListener("blur", () => this.lift());
  }

  pressed(event) {
    if (event.defaultPrevented || event.isComposing || !this.board.painting || !this.meant(event)) return;
    const react = this.reaction(event);
    if (event.target === part("stage") && !event.ctrlKey) part("stage").classList.remove("by-pointer");
    if (!react) return;
    event.preventDefault();
    react();
  }

  meant({ target }) {
    if (target.closest?.("input:not([type=range]), textarea, select, [contenteditable=true], dialog")) return false;
    return element.contains(target) || part("box").matches(":hover") || this.board.large;
  }

  reaction(event) {
    const { board } = this;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key === "z") return event.shiftKey ? () => board.redo() : () => board.undo();
      return key === "y" ? () => board.redo() : null;
    }
    if (event.altKey) return null;
    if (event.target === part("stage")) {
      const drawing = this.drawing(event);
      if (drawing) return drawing;
    }
    return this.tool(key, event);
  }

  tool(key, event) {
    const { board } = this;
    const zoomed = (factor) => () => (board.viewport.zoom(factor), board.moved());
    const tools = {
      "[": () => board.sizeBy(1 / SIZE_STEP),
      "]": () => board.sizeBy(SIZE_STEP),
      "+": zoomed(ZOOM_STEP),
      "=": zoomed(ZOOM_STEP),
      "-": zoomed(1 / ZOOM_STEP),
      0: () => board.fit(),
      b: () => board.choose(false),
      e: () => board.choose(true),
      f: () => board.enlarge(!board.large),
    };
    if (key === "Escape" && board.large) return () => board.enlarge(false);
    // Space presses a button and scrolls a page; over the stage it holds the picture.
    const elsewhere = event.target.closest?.("button, a, input, summary");
    if (key === " " && !elsewhere) return () => this.holdSpace(true);
    return tools[key] ?? null;
  }

  holdSpace(held) {
    this.gestures.space = held;
    part("stage").classList.toggle("movable", held);
  }

  drawing({ key, shiftKey }) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (ways[key]) return () => this.moveBy(...ways[key].map((way) => way * (shiftKey ? 2 : 12)));
    if (key === "Enter") return () => (this.down ? this.lift() : this.put());
    return key === "Escape" && this.down ? () => this.lift() : null;
  }

  get place() {
    const { width, height } = this.board.viewport.stage;
    return this.board.ring.place ?? { x: width / 2, y: height / 2 };
  }

  point() {
    return { ...this.board.viewport.toPicture(this.place), radius: this.board.painter.brush.size / 2 };
  }

  moveBy(dx, dy) {
    const { width, height } = this.board.viewport.stage;
    const { x, y } = this.place;
    this.board.ring.at({ x: between(0, x + dx, width), y: between(0, y + dy, height) });
    if (this.down) this.board.painter.extend(this.point());
  }

  put() {
    if (this.gestures.mode) return;
    this.down = true;
    this.board.ring.at(this.place);
    this.board.painter.begin(this.point());
    say("The brush is down.");
  }

  lift() {
    if (!this.down) return;
    this.down = false;
    this.board.painter.settle();
    say("The brush is lifted.");
  }
}
