// Mouse, pen and fingers on the stage: one draws, two zoom and move the picture, as do the wheel and the middle button.

const WHEEL_PAUSE_MS = 300; // a scroll of the page that comes over the stage goes on as one
const LINES_TO_PIXELS = 16;

class Gestures {
  /** `board` is what is moved by them: {viewport, painter, ring, painting, moved(), sizeBy(factor)}. */
  constructor(stage, board) {
    this.stage = stage;
    this.board = board;
    this.pointers = new Map(); // those that are down, by id, with where they are
    this.mode = null; // "draw", "pan" or "pinch"
    this.space = false;
    this.wheeledElsewhere = -Infinity;
    const listen = (name, heard) => stage.addEventListener(name, (event) => this.heard(event, heard), { passive: false });
    listen("pointerdown", this.down);
    listen("pointermove", this.move);
    listen("pointerup", this.up);
    listen("pointercancel", this.up);
    listen("lostpointercapture", this.up);
    listen("wheel", this.wheel);
    listen("pointerleave", () => this.pointers.size || board.ring.leave());
    document.addEventListener("wheel", (event) => this.wheelOutside(event), { passive: true, capture: true });
  }

  heard(event, react) {
    if (!this.board.painting || event.target.closest("button, .messages")) return;
    react.call(this, event);
  }

  at(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /** Where on the picture, and how large the brush is there: a pen's pressure makes it smaller. */
  point(event) {
    const { x, y } = this.board.viewport.toPicture(this.at(event));
    const pressure = event.pointerType === "pen" ? 0.2 + 0.8 * event.pressure : 1;
    return { x, y, radius: Math.max(Math.SQRT1_2, (this.board.painter.brush.size * pressure) / 2) };
  }

  down(event) {
    if (this.mode === "draw" && this.drawingWithPen) return; // the hand that holds the pen
    event.preventDefault();
    this.stage.classList.add("by-pointer"); // who draws with a pointer needs no sign of the focus
    this.stage.focus({ preventScroll: true });
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    this.board.ring.at(this.at(event));
    if (this.pointers.size === 2) return this.pinch();
    if (this.pointers.size > 2) return;
    if (event.button === 1 || this.space) this.mode = "pan";
    else if (event.button === 0 || event.button === 5) this.draw(event);
    this.stage.classList.toggle("panning", this.mode === "pan");
  }

  draw(event) {
    const { painter } = this.board;
    this.mode = "draw";
    this.drawingWithPen = event.pointerType === "pen";
    if (event.shiftKey) painter.beginStraight(this.point(event));
    else painter.begin(this.point(event), painter.brush.erasing || event.button === 5); // 5: a pen's other end
  }

  pinch() {
    if (this.mode === "draw") this.board.painter.abandon();
    this.mode = "pinch";
    this.board.ring.leave();
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    const now = this.at(event);
    if (event.pointerType !== "touch" || this.mode === "draw") this.board.ring.at(now);
    if (!before) return;
    if (this.mode === "draw") this.follow(event);
    else if (this.mode === "pan") this.board.viewport.pan(now.x - before.x, now.y - before.y);
    else if (this.mode === "pinch") this.squeeze(event.pointerId, before, now);
    this.pointers.set(event.pointerId, now);
    if (this.mode !== "draw") this.board.moved();
  }

  follow(event) {
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.board.painter.extend(this.point(each));
  }

  squeeze(id, before, now) {
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const distance = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.board.viewport.zoom(distance(now) / distance(before), middle);
    this.board.viewport.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (event.pointerType === "touch") this.board.ring.leave();
    if (this.pointers.size > 0) return; // what two fingers began ends when both are gone
    if (this.mode === "draw") this.board.painter.settle();
    this.mode = null;
    this.stage.classList.remove("panning");
  }

  wheelOutside(event) {
    if (!this.stage.contains(event.target)) this.wheeledElsewhere = event.timeStamp;
  }

  wheel(event) {
    if (event.timeStamp - this.wheeledElsewhere < WHEEL_PAUSE_MS) {
      this.wheeledElsewhere = event.timeStamp;
      return;
    }
    const { viewport } = this.board;
    const turned = (event.deltaY || event.deltaX) * (event.deltaMode === 1 ? LINES_TO_PIXELS : 1);
    if (!event.altKey && turned > 0 && viewport.fitted) return; // nothing further away: the page may scroll
    event.preventDefault();
    if (event.altKey) return this.board.sizeBy(Math.exp(-turned / 500), this.at(event));
    viewport.zoom(Math.exp(-turned / (event.ctrlKey ? 100 : 400)), this.at(event));
    this.board.moved();
  }
}
