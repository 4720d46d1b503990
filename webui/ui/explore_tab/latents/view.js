// The stage: the picture with the edits, without them, both with a line between, or the chosen channel itself.

const VIEW_NAMES = { after: "the picture after the edits", before: "the picture without the edits", both: "before and after the edits" };

class View {
  constructor(inspection) {
    this.inspection = inspection;
    this.view = "after";
    this.channel = null; // the chosen one, or null for all
    this.split = 0.5;
    this.heard = [];
    for (const button of part("views").children) button.onclick = () => this.show(button.dataset.view);
    inspection.on("picture", () => this.fit());
    inspection.on("after", () => this.draw());
    joinSplit(this);
  }

  /** Hears when another channel is chosen. */
  onChannel(hear) {
    this.heard.push(hear);
  }

  /** The channel that is shown: the chosen one, else the first. */
  get shownChannel() {
    return this.channel ?? 0;
  }

  chooseChannel(channel) {
    this.channel = channel;
    part("view-channel").textContent = this.shownChannel + 1;
    for (const hear of this.heard) hear();
    this.draw();
  }

  show(view) {
    this.view = view;
    for (const button of part("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    this.draw();
  }

  /** Another picture: its shape, and what there is to choose. */
  fit() {
    const { told, origin, recording } = this.inspection;
    part("frame").style.setProperty("--shape", told.width / told.height);
    part("origins").hidden = !recording;
    for (const button of part("origins").children) button.setAttribute("aria-pressed", String(button.dataset.origin === origin));
    if (this.shownChannel >= told.channels.length) this.chooseChannel(null);
    this.draw();
  }

  draw() {
    const { before, after } = this.inspection;
    if (!before) return;
    const { view } = this;
    const canvas = part("picture");
    canvas.classList.toggle("grainy", view === "channel");
    part("line").hidden = view !== "both";
    part("stage").classList.toggle("split", view === "both");
    if (view === "channel") {
      paintChannel(canvas, after.channels[this.shownChannel], after.told.latent_width, after.told.latent_height);
    } else {
      this.drawPicture(canvas, view === "before" ? before.bitmap : after.bitmap);
      if (view === "both") this.drawLeft(canvas, before.bitmap);
    }
    canvas.dataset.view = view;
    canvas.dataset.shown = view === "before" ? before.told.id : after.told.id;
    canvas.setAttribute("aria-label", view === "channel" ? `Channel ${this.shownChannel + 1} of the latents` : `Decoded: ${VIEW_NAMES[view]}`);
  }

  drawPicture(canvas, bitmap) {
    const { width, height } = bitmap;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
  }

  drawLeft(canvas, bitmap) {
    const width = Math.round(this.split * canvas.width);
    if (width > 0) canvas.getContext("2d").drawImage(bitmap, 0, 0, width, canvas.height, 0, 0, width, canvas.height);
    part("line").style.left = `${100 * this.split}%`;
  }
}

/** The line between before and after is dragged, or moved with the arrows. */
function joinSplit(view) {
  const stage = part("stage");
  const place = (share) => {
    view.split = between(0, share, 1);
    view.draw();
  };
  const placeAt = ({ clientX }) => {
    const { left, width } = part("frame").getBoundingClientRect();
    place((clientX - left) / width);
  };
  stage.addEventListener("pointerdown", (event) => {
    if (view.view !== "both" || event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    placeAt(event);
  });
  stage.addEventListener("pointermove", (event) => view.view === "both" && stage.hasPointerCapture(event.pointerId) && placeAt(event));
  part("views").addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.05, ArrowRight: 0.05 }[event.key];
    if (!by || view.view !== "both") return;
    event.preventDefault();
    place(view.split + by);
  });
}
