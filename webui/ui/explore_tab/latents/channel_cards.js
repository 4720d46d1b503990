// A card for each channel: its picture, the spread of its values, and its numbers beside what is normal for the model.

const NORMAL_WAIT_MS = 3000; // what is known already comes at once
const BAND = 2; // deviations: 95 of 100 of the model's own pictures lie within
const MOST_COLUMNS = 8;
const FAR = 4; // deviations: hardly any does

/** A number with a sign of its own width, so that columns stay in line. */
function signed(value) {
  return `${value < 0 ? "\u2212" : "\u2002"}${Math.abs(value).toFixed(2)}`;
}

function svg(tag, attributes, children = []) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The spread of a channel as an area; `band` is [from, to] of the normal mean, or null. */
function histogramOf({ histogram, mean }, { histogram_low: low, histogram_high: high }, band) {
  const bins = histogram.length;
  const top = Math.max(...histogram);
  const across = (value) => between(0, ((value - low) / (high - low)) * bins, bins);
  const heights = histogram.map((count, place) => `L${place} ${32 - (30 * count) / top}H${place + 1}`);
  const parts = [svg("path", { class: "spread", d: `M0 32${heights.join("")}V32Z` })];
  if (band) {
    const [from, to] = band.map(across);
    parts.unshift(svg("rect", { class: "band", x: from, y: 0, width: Math.max(0.5, to - from), height: 32 }));
  }
  parts.push(svg("line", { class: "mean", x1: across(mean), x2: across(mean), y1: 0, y2: 32 }));
  return svg("svg", { viewBox: `0 0 ${bins} 32`, preserveAspectRatio: "none", "aria-hidden": "true" }, parts);
}

class ChannelCards {
  constructor(inspection, view) {
    this.inspection = inspection;
    this.view = view;
    this.normal = null; // statistic by name -> {mean, deviation}
    inspection.on("picture", () => this.lookUpNormal(NORMAL_WAIT_MS));
    inspection.on("after", () => this.draw());
    view.onChannel(() => this.mark());
    part("measure").onclick = () => this.lookUpNormal(null);
  }

  /** What is normal for the model: known at once, or measured when somebody asks for it (null: however long it takes). */
  async lookUpNormal(wait) {
    const { model } = this.inspection.told;
    part("measure").disabled = wait === null;
    try {
      const told = await explore.normal(model, wait ? AbortSignal.timeout(wait) : undefined);
      if (this.inspection.told.model !== model) return;
      this.normal = new Map(told.statistics.map(({ name, ...range }) => [name, range]));
      part("measure").hidden = true;
    } catch (problem) {
      this.normal = null;
      part("measure").hidden = false;
      if (wait === null) problemAt(part("messages"), problem);
    }
    part("measure").disabled = false;
    part("normal-note").hidden = !this.normal;
    this.draw();
  }

  range(number, kind) {
    return this.normal?.get(`channel ${number + 1} ${kind}`) ?? null;
  }

  draw() {
    const { after } = this.inspection;
    const { channels } = after.told;
    const box = part("channels");
    box.style.setProperty("--columns", Math.min(channels.length, MOST_COLUMNS));
    if (box.children.length !== channels.length) box.replaceChildren(...channels.map((_, number) => this.card(number)));
    channels.forEach((channel, number) => this.fill(box.children[number], number, channel, after));
    this.mark();
  }

  card(number) {
    const canvas = make("canvas", { width: 1, height: 1 });
    const choose = make(
      "button",
      { type: "button", className: "channel-card", attributes: { "data-testid": `latents-channel-${number + 1}` } },
      [canvas, make("span", { className: "channel-number", textContent: number + 1 }), make("span", { className: "histogram" }), make("span", { className: "channel-facts" })],
    );
    choose.onclick = () => this.view.chooseChannel(this.view.channel === number ? null : number);
    choose.ondblclick = () => {
      this.view.chooseChannel(number);
      this.view.show("channel");
    };
    return make("li", {}, [choose]);
  }

  fill(item, number, channel, { told, channels }) {
    const [choose] = item.children;
    const [canvas, , spread, facts] = choose.children;
    paintChannel(canvas, channels[number], told.latent_width, told.latent_height);
    const usual = this.range(number, "mean");
    const band = usual && [usual.mean - BAND * usual.deviation, usual.mean + BAND * usual.deviation];
    spread.replaceChildren(histogramOf(channel, told, band));
    const numbers = [
      ["\u03bc", "mean", signed(channel.mean), channel.mean],
      ["\u03c3", "deviation", signed(channel.deviation), channel.deviation],
    ];
    facts.replaceChildren(...numbers.map(([label, kind, text, value]) => this.fact(number, label, kind, text, value)));
    choose.title = titleOf(number, channel);
  }

  fact(number, label, kind, text, value) {
    const usual = this.range(number, kind);
    const far = usual && Math.abs(value - usual.mean) > FAR * usual.deviation;
    const told = make("span", { className: far ? "far" : "", textContent: text });
    if (usual) told.title = `Usually ${signed(usual.mean).trim()} \u00b1 ${usual.deviation.toFixed(2)}`;
    return make("span", { className: "channel-fact" }, [make("span", { className: "fact-name", textContent: label }), told]);
  }

  mark() {
    for (const [number, { firstElementChild: card }] of [...part("channels").children].entries()) {
      card.setAttribute("aria-pressed", String(this.view.channel === number));
    }
  }
}

function titleOf(number, { mean, deviation, least, greatest, kurtosis, high_frequencies: high }) {
  const range = `${signed(least).trim()} to ${signed(greatest).trim()}`;
  const rest = `kurtosis ${signed(kurtosis).trim()}, ${(100 * high).toFixed(0)} % of its energy in fine detail`;
  return `Channel ${number + 1}: mean ${signed(mean).trim()}, standard deviation ${deviation.toFixed(2)}, ${range}, ${rest}. Double-click shows it large.`;
}
