// The pictures along the line, and under each how strange its latents are, with the edge of the normal as a line.

const PLOT_FOOT = 36;
const PLOT_TOP = 12;
const FAR = 8; // beyond so many times the edge, the axis is logarithmic

function factorInWords(factor) {
  return String(Number(factor.toFixed(3))).replace("-", "\u2212");
}

class LineView {
  constructor(onChoose) {
    this.chosen = -1;
    this.onChoose = onChoose;
    this.pictures = part("pictures");
    this.plot = part("plot");
    new ResizeObserver(() => this.drawPlot()).observe(this.plot);
    line.onChange((what) => this.show(what));
    this.pictures.addEventListener("keydown", (event) => this.step(event));
  }

  choose(index) {
    this.chosen = index;
    [...this.pictures.children].forEach((item, place) => {
      const button = item.firstElementChild;
      button.setAttribute("aria-pressed", String(place === index));
      button.tabIndex = place === index || (index < 0 && place === 0) ? 0 : -1;
    });
    this.drawPlot();
    this.onChoose(line.points[index] ?? null);
  }

  /** The arrow keys go along the line. */
  step(event) {
    const move = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    this.choose(between(0, this.chosen + move, line.points.length - 1));
    this.pictures.children[this.chosen].firstElementChild.focus();
  }

  show(what) {
    part("drawn").hidden = line.points.length === 0;
    part("nothing").hidden = line.points.length > 0;
    if (what === "line") this.drawCells();
    line.points.forEach(({ url }, index) => url && this.fill(index, url));
    if (what === "line") this.choose(line.points.findIndex(({ factor }) => factor >= 0));
    else this.onChoose(line.points[this.chosen] ?? null);
    this.drawPlot();
  }

  drawCells() {
    part("drawn").style.setProperty("--count", line.points.length);
    const cells = line.points.map(({ factor, text }, index) => {
      const words = make("span", { className: "line-factor", textContent: factorInWords(factor) });
      const attributes = { "aria-label": `Factor ${factorInWords(factor)}`, "aria-pressed": "false" };
      const button = make("button", { type: "button", className: "line-point", title: text, onclick: () => this.choose(index), attributes }, [make("span", { className: "line-picture" }), words]);
      button.dataset.testid = "beyond-point";
      return make("li", {}, [button]);
    });
    this.pictures.replaceChildren(...cells);
  }

  fill(index, url) {
    const place = this.pictures.children[index]?.querySelector(".line-picture");
    if (!place || place.firstElementChild) return;
    place.append(make("img", { src: url, alt: "", decoding: "async" }));
    place.closest("button").dataset.state = "done";
  }

  x(index) {
    return ((index + 0.5) / line.points.length) * this.width;
  }

  /** From the foot (0) to the top (1): even, or where pictures lie far out, by powers. */
  share(strangeness) {
    if (this.far) return Math.log1p(strangeness) / Math.log1p(this.most);
    return strangeness / this.most;
  }

  y(strangeness) {
    return this.height - PLOT_FOOT - this.share(strangeness) * (this.height - PLOT_FOOT - PLOT_TOP);
  }

  drawPlot() {
    const { clientWidth, clientHeight } = this.plot;
    if (!line.points.length || !clientWidth) return;
    [this.width, this.height] = [clientWidth, clientHeight];
    const known = line.points.map(({ strangeness }, index) => ({ strangeness, index })).filter(({ strangeness }) => strangeness !== null);
    const highest = Math.max(0, ...known.map(({ strangeness }) => strangeness));
    this.far = line.edge !== null && highest > FAR * line.edge;
    this.most = 1.15 * Math.max(highest, (line.edge ?? 0) * 1.4) || 1;
    const drawing = plotElement("svg", { width: clientWidth, height: clientHeight, role: "img", "aria-label": this.inWords(known) }, [
      ...this.beyondEdge(),
      ...this.levels(),
      ...this.axis(),
      ...this.curve(known),
      ...this.lost(),
      ...this.targets(),
    ]);
    this.plot.replaceChildren(drawing);
  }

  inWords(known) {
    if (!known.length) return "How strange each picture is; none is measured yet";
    const told = known.map(({ strangeness, index }) => `${shortNumber(strangeness)} at ${factorInWords(line.points[index].factor)}`);
    return `How strange each picture is: ${told.join(", ")}${line.edge === null ? "" : `; the normal range ends at ${shortNumber(line.edge)}`}`;
  }

  word(x, y, text, anchor, className = "plot-word") {
    const made = plotElement("text", { class: className, x, y, "text-anchor": anchor });
    made.textContent = text;
    return made;
  }

  beyondEdge() {
    if (line.edge === null) return [];
    const y = this.y(line.edge);
    const label = this.width < 640 ? "edge of the normal" : "edge of the normal: 99 of 100 pictures lie below";
    return [
      this.word(this.width, PLOT_TOP - 2, `- - ${label}`, "end", "plot-word plot-edge-word"),
      plotElement("rect", { class: "plot-beyond", x: 0, y: PLOT_TOP, width: this.width, height: Math.max(0, y - PLOT_TOP) }),
      plotElement("line", { class: "plot-edge", x1: 0, x2: this.width, y1: y, y2: y, "data-testid": "beyond-edge" }),
    ];
  }

  /** Round values of strangeness, where they do not get into the way of the words at the top. */
  levels() {
    const ticks = this.far ? [1, 10, 100, 1000, 10000].filter((tick) => tick < this.most) : roundTicks(this.most).slice(1);
    return ticks.filter((tick) => this.y(tick) > PLOT_TOP + 20).flatMap((tick) => {
      const y = this.y(tick);
      return [plotElement("line", { class: "plot-grid", x1: 0, x2: this.width, y1: y, y2: y }), this.word(0, y - 3, axisNumber(tick), "start")];
    });
  }

  /** The foot, with the factor under each picture, and lines down from 0 and 1: where the base and the end stand. */
  axis() {
    const foot = this.height - PLOT_FOOT;
    const every = Math.ceil((line.points.length * 34) / this.width);
    const marks = line.points.flatMap(({ factor }, index) => {
      const named = factor === 0 || factor === 1;
      const made = named ? [plotElement("line", { class: "plot-pass", x1: this.x(index), x2: this.x(index), y1: PLOT_TOP, y2: foot })] : [];
      if (index % every === 0 || named) made.push(this.word(this.x(index), foot + 16, factorInWords(factor), "middle"));
      return made;
    });
    const line0 = plotElement("line", { class: "plot-line", x1: 0, x2: this.width, y1: foot, y2: foot });
    return [line0, ...marks, this.word(this.width / 2, foot + 32, "times the direction", "middle"), this.word(0, PLOT_TOP - 2, "strangeness", "start")];
  }

  curve(known) {
    const points = known.map(({ strangeness, index }) => [this.x(index), this.y(strangeness), index]);
    const path = points.map(([x, y], place) => `${place ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    const dots = points.map(([cx, cy, index]) => plotElement("circle", { class: index === this.chosen ? "plot-dot now" : "plot-dot", cx, cy, r: index === this.chosen ? 6 : 4 }));
    return [plotElement("path", { class: "plot-curve", d: path }), ...dots];
  }

  /** Of these no number is left: a cross above everything. */
  lost() {
    const crosses = line.points.map(({ lost }, index) => ({ lost, x: this.x(index) })).filter(({ lost }) => lost);
    const y = PLOT_TOP + 10;
    return crosses.map(({ x }) => plotElement("path", { class: "plot-lost", d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10` }));
  }

  /** The whole column of a point takes its click. */
  targets() {
    const width = this.width / line.points.length;
    return line.points.map((_, index) => {
      const target = plotElement("rect", { class: "plot-target", x: index * width, y: 0, width, height: this.height, "data-testid": "beyond-plot-point" });
      target.addEventListener("click", () => this.choose(index));
      return target;
    });
  }
}
