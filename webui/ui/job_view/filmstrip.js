// Small pictures to choose from: those of this run as they develop, and the finished ones from before.

const MOST_BEFORE = 24;

class Filmstrip {
  constructor(onChoose) {
    this.onChoose = onChoose; // called with {job, index} or {image}
    this.finished = []; // newest first: {id, job, seed}
    this.buttons = new Map();
  }

  async loadFinished() {
    if (!window.darkroom.may("making")) return; // who only looks on sees what is made from now on
    try {
      const images = await api.recentImages(MOST_BEFORE);
      const known = new Set(this.finished.map((image) => image.id));
      this.finished.push(...images.filter((image) => !known.has(image.id)));
    } catch {
      // The server is away; the hub says so, and the next snapshot asks again.
    }
  }

  addFinished(image) {
    if (!this.finished.some((known) => known.id === image.id)) this.finished.unshift(image);
  }

  /** `newest` is the frame of the selected picture that is here: asking for one on its way would fetch it twice. */
  show(runJob, selected, newest) {
    const run = (runJob?.visibleIndexes() ?? []).map((index) => this.runItem(runJob, index));
    for (const item of run) if (item.key === selected && item.live && newest) item.address = newest;
    const before = this.finished
      .filter((image) => image.job !== runJob?.id && !runJob?.made(image.id))
      .slice(0, MOST_BEFORE)
      .map((image) => ({
        key: `image:${image.id}`,
        address: `/api/v1/images/${image.id}`,
        label: `Picture with seed ${image.seed}`,
        choice: { image },
      }));
    this.fill("run", run, selected);
    this.fill("before", before, selected);
    part("film").hidden = run.length + before.length === 0;
    this.forget(new Set([...run, ...before].map((item) => item.key)));
  }

  /** Drop the buttons of pictures that have left the strip. */
  forget(shown) {
    for (const key of this.buttons.keys()) if (!shown.has(key)) this.buttons.delete(key);
  }

  runItem(job, index) {
    const picture = job.pictures.get(index);
    const frames = job.framesOf(index).filter(Boolean);
    return {
      key: `${job.id}:${index}`,
      address: picture?.url ?? frames.at(-1),
      label: picture ? `Picture ${index + 1}, seed ${picture.seed}` : `Picture ${index + 1}, developing`,
      live: !picture && !job.ended,
      unsaved: picture?.saved === false,
      choice: { job: job.id, index },
    };
  }

  fill(group, items, selected) {
    const buttons = items.map((item) => this.button(item, item.key === selected));
    const list = part(`${group}-items`);
    const kept = [...list.children];
    if (kept.length !== buttons.length || kept.some((child, index) => child !== buttons[index].parentElement))
      list.replaceChildren(...buttons.map((button) => button.parentElement));
    part(`${group}-group`).hidden = items.length === 0;
  }

  button(item, chosen) {
    let button = this.buttons.get(item.key);
    if (!button) {
      button = make(
        "button",
        { type: "button", className: "thumb", attributes: { "data-testid": "filmstrip-item", "data-key": item.key } },
        [make("img", { alt: "", loading: "lazy", decoding: "async" })],
      );
      make("li", {}, [button]);
      this.buttons.set(item.key, button);
    }
    const image = button.firstElementChild;
    if (item.address && image.getAttribute("src") !== item.address) image.src = item.address;
    button.onclick = () => this.onChoose(item.choice);
    button.setAttribute("aria-label", item.unsaved ? `${item.label}, not saved` : item.label);
    button.setAttribute("aria-pressed", String(chosen));
    button.classList.toggle("live", Boolean(item.live));
    button.classList.toggle("unsaved", Boolean(item.unsaved));
    return button;
  }
}
