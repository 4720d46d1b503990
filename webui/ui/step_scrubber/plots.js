// Beside the picture: the noise schedule and how far the latents moved, over the same positions as the slider. A click
// or a drag on a plot goes there.

const PLOT_MARGIN = { left: 40, right: 36, top: 8, bottom: 20 };
const DECIBEL_STEPS = [5, 10, 20, 40];
const MOST_TICKS = 6;

/** A frame with the positions along its foot; a kind of plot fills it. */
class Plot {
  constructor(name, label) {
    this.box = part(name);
    this.label = label;
    this.marker = null;
    new ResizeObserver(() => this.draw()).observe(this.box);
    this.box.addEventListener("pointerdown", (event) => this.begin(event));
    this.box.addEventListener("pointermove", (event) => event.buttons === 1 && deskHand.down && this.go(event));
    for (const type of ["pointerup", "pointercancel"]) this.box.addEventListener(type, () => player.letGo());
  }

  begin(event) {
    if (event.button !== 0 || !desk.recording) return;
    this.box.setPointerCapture(event.pointerId);
    player.pause();
    deskHand.down = true;
    this.go(event);
  }

  go(event) {
    deskHand.moved();
    const { left } = this.box.getBoundingClientRect();
    const share = (event.clientX - left - PLOT_MARGIN.left) / (this.width - PLOT_MARGIN.left - PLOT_MARGIN.right);
    desk.moveTo(share * desk.last);
  }

  x(position) {
    return PLOT_MARGIN.left + (position / Math.max(1, desk.last)) * (this.width - PLOT_MARGIN.left - PLOT_MARGIN.right);
  }

  /** From the foot (0) to the top (1). */
  y(share) {
    return this.height - PLOT_MARGIN.bottom - share * (this.height - PLOT_MARGIN.top - PLOT_MARGIN.bottom);
  }

  draw() {
    const { clientWidth, clientHeight } = this.box;
    if (!desk.recording || clientWidth === 0) return;
    [this.width, this.height] = [clientWidth, clientHeight];
    this.marker = plotElement("g", { class: "plot-now" });
    const drawing = plotElement("svg", { width: clientWidth, height: clientHeight, role: "img", "aria-label": this.label() }, [
      ...this.foot(),
      ...this.passes(),
      ...this.curve(),
      this.marker,
    ]);
    this.box.replaceChildren(drawing);
    this.mark();
  }

  foot() {
    const y = this.y(0);
    const line = plotElement("line", { class: "plot-line", x1: this.x(0), x2: this.x(desk.last), y1: y, y2: y });
    const marks = roundTicks(desk.last).filter((tick) => Number.isInteger(tick));
    if (marks.length > 1 && desk.last - marks.at(-1) < desk.last / 12) marks.pop();
    const labels = [...marks, desk.last].map((position) => this.word(this.x(position), y + 14, String(position), "middle"));
    return [line, ...labels];
  }

  /** Where a second pass or another way began. */
  passes() {
    let position = 0;
    return desk.recording.passes.slice(0, -1).map(({ calls }) => {
      position += calls;
      const x = this.x(position);
      return plotElement("line", { class: "plot-pass", x1: x, x2: x, y1: this.y(0), y2: this.y(1) });
    });
  }

  word(x, y, text, anchor, className = "plot-word") {
    const made = plotElement("text", { class: className, x, y, "text-anchor": anchor });
    made.textContent = text;
    return made;
  }

  grid(share, left, right) {
    const y = this.y(share);
    const made = [plotElement("line", { class: "plot-grid", x1: this.x(0), x2: this.x(desk.last), y1: y, y2: y })];
    if (left !== null) made.push(this.word(PLOT_MARGIN.left - 6, y + 4, left, "end"));
    if (right !== null) made.push(this.word(this.width - PLOT_MARGIN.right + 6, y + 4, right, "start"));
    return made;
  }
}

/** Noise over signal on a logarithmic axis; the same axis read from the other side is the ratio in decibels. */
class SchedulePlot extends Plot {
  get range() {
    const levels = desk.recording.sigmas.filter((sigma) => sigma > 0).map((sigma) => Math.log10(sigma));
    const [low, high] = [Math.min(...levels), Math.max(...levels)];
    return high - low > 0.1 ? [low, high] : [low - 0.5, high + 0.5];
  }

  share(sigma) {
    const [low, high] = this.range;
    // No noise at all lies infinitely far down: at the foot, below the last level.
    return sigma > 0 ? 0.12 + (0.88 * (Math.log10(sigma) - low)) / (high - low) : 0;
  }

  curve() {
    const points = desk.recording.sigmas.map((sigma, position) => [this.x(position), this.y(this.share(sigma))]);
    const path = points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    const dots = points.length <= 60 ? points.map(([cx, cy]) => plotElement("circle", { class: "plot-dot", cx, cy, r: 1.6 })) : [];
    return [...this.levels(), plotElement("path", { class: "plot-curve", d: path }), ...dots];
  }

  levels() {
    const [low, high] = this.range;
    const span = 20 * (high - low);
    const step = DECIBEL_STEPS.find((candidate) => span / candidate <= MOST_TICKS) ?? 80;
    const lines = [];
    for (let decibel = Math.ceil((-20 * high) / step) * step; decibel <= -20 * low; decibel += step) {
      const sigma = 10 ** (-decibel / 20);
      lines.push(...this.grid(this.share(sigma), axisNumber(sigma), axisNumber(decibel)));
    }
    if (desk.recording.sigmas.at(-1) === 0) lines.push(...this.grid(0, "0", null));
    return lines;
  }

  mark() {
    if (!this.marker || !desk.recording) return;
    const x = this.x(desk.position);
    const y = this.y(this.share(desk.recording.sigmas[desk.position]));
    this.marker.replaceChildren(
      plotElement("line", { x1: x, x2: x, y1: this.y(0), y2: this.y(1) }),
      plotElement("circle", { cx: x, cy: y, r: 4 }),
    );
  }
}

/** How far each call of the model moved the latents, as columns. */
class MovementPlot extends Plot {
  get most() {
    return Math.max(0, ...desk.recording.movement) || 1;
  }

  curve() {
    const width = Math.min(10, Math.max(1, (this.x(1) - this.x(0)) * 0.6));
    this.columns = desk.recording.movement.map((moved, index) => {
      const top = this.y(moved / this.most);
      return plotElement("rect", {
        class: "plot-column",
        x: this.x(index + 1) - width / 2,
        y: top,
        width,
        height: Math.max(0.5, this.y(0) - top),
      });
    });
    const ticks = desk.recording.movement.length ? roundTicks(this.most).slice(1) : [];
    return [...ticks.flatMap((tick) => this.grid(tick / this.most, axisNumber(tick), null)), ...this.columns];
  }

  mark() {
    if (!this.marker || !desk.recording) return;
    this.lit?.classList.remove("now");
    this.lit = this.columns[desk.position - 1];
    this.lit?.classList.add("now");
    const x = this.x(desk.position);
    this.marker.replaceChildren(plotElement("line", { x1: x, x2: x, y1: this.y(0), y2: this.y(1) }));
  }
}

const plots = [
  new SchedulePlot("plot-schedule", () => {
    const { sigmas } = desk.recording;
    return `Noise level at each step, from ${shortNumber(sigmas[0])} down to ${shortNumber(sigmas.at(-1))}`;
  }),
  new MovementPlot("plot-movement", () => {
    const { movement } = desk.recording;
    const farthest = movement.indexOf(Math.max(...movement)) + 1;
    return `How far the latents moved in each step; farthest in step ${farthest}`;
  }),
];

function showFacts() {
  const { recording, position } = desk;
  const decibel = recording.snr_db[position];
  const sigma = recording.sigmas[position];
  part("fact-sigma").textContent = `σ ${shortNumber(sigma)}`;
  part("fact-snr").textContent = sigma === 0 || decibel === null ? "no noise" : `${decibel.toFixed(1).replace("-", "\u2212")} dB`;
  const timestep = recording.timesteps[position];
  part("fact-timestep").textContent = timestep === undefined ? "done" : shortNumber(timestep).replace(/\.0+$/, "");
  part("fact-movement").textContent = position === 0 ? "start" : shortNumber(recording.movement[position - 1]);
}
