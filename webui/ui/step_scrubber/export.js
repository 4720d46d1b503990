// Export: one step or all of them as files. The full pictures are decoded first, with progress; then the server puts
// them together, and the browser saves the file.

const FILMS = ["gif", "webp", "mp4"];
const AT_ONCE = 2; // decodes that are asked for together: one is worked on, one waits
const FILM_RESTS = 1.5; // seconds on the last step, before a film begins again
const BYTES_PER_PIXEL = { // measured on the bundled model's pictures of 256 pixels; photographs can take more
  x0: { frame: 1, frames: 1, "contact-sheet": 1, gif: 0.53, webp: 0.08, mp4: 0.085 },
  xt: { frame: 1.8, frames: 1.8, "contact-sheet": 1.8, gif: 0.86, webp: 0.23, mp4: 0.13 },
};

/** The name that the server gave a file. */
function fileNameOf(response, fallback) {
  const told = response.headers.get("content-disposition") ?? "";
  return /filename="?([^";]+)"?/.exec(told)?.[1] ?? fallback;
}

class ExportPanel {
  constructor() {
    this.panel = part("export");
    this.working = null; // the AbortController of the export that is being made
    part("export-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.start();
    });
    part("export-form").addEventListener("input", () => this.show());
    part("export-cancel").onclick = () => this.working?.abort();
    this.panel.addEventListener("toggle", () => this.show());
    desk.on("recording", () => {
      this.working?.abort();
      this.show();
    });
    desk.on("view", (view) => this.followView(view));
    let drawing = null;
    desk.on("position", () => (drawing ??= requestAnimationFrame(() => ((drawing = null), this.show()))));
  }

  chosen(name) {
    return part("export-form").querySelector(`[name="${name}"]:checked`).value;
  }

  get what() {
    return this.chosen("what");
  }

  get view() {
    return this.chosen("export-view");
  }

  get frames() {
    return this.what === "frame" ? 1 : desk.last + 1;
  }

  followView(view) {
    const choice = part("export-form").querySelector(`[name="export-view"][value="${view}"]`);
    if (choice) choice.checked = true;
    this.show();
  }

  show() {
    if (!this.panel.open || !desk.recording) return;
    part("export-options").hidden = this.what === "file";
    part("export-fps").hidden = !FILMS.includes(this.what);
    part("export-words").textContent = this.words();
  }

  /** What will come, and how large it will be. */
  words() {
    const { width, height, bytes } = desk.recording;
    const { what, view } = this;
    if (what === "file") return `${fileSize(bytes)}. Everything that was kept; drop it on this page to open it again.`;
    const size = fileSize(width * height * this.frames * BYTES_PER_PIXEL[view][what]);
    const pixels = `${width} × ${height} pixels`;
    if (what === "frame") return `Step ${desk.position} of ${desk.last} as PNG, ${pixels}, with its parameters inside. About ${size}.`;
    if (what === "frames") return `${this.frames} PNG files, ${pixels} each, with their parameters inside. About ${size}.`;
    if (what === "contact-sheet") return `All ${this.frames} steps on one PNG, numbered. About ${size}.`;
    const fps = this.fps;
    if (!fps) return "Steps a second: a number from 1 to 60.";
    const seconds = desk.last / fps + Math.max(FILM_RESTS, 1 / fps);
    return `${this.frames} steps, ${seconds.toFixed(1)} seconds, ${pixels}. About ${size}.`;
  }

  get fps() {
    const box = part("fps");
    return box.checkValidity() ? box.valueAsNumber : null;
  }

  get address() {
    const { id } = desk.recording;
    if (this.what === "file") return `${recordingAddress(id)}/file`;
    const asked = new URLSearchParams({ what: this.what, view: this.view, picture: desk.picture });
    if (this.what === "frame") asked.set("step", desk.position);
    if (FILMS.includes(this.what)) asked.set("fps", this.fps);
    if (desk.model) asked.set("model", desk.model);
    return `${recordingAddress(id)}/export?${asked}`;
  }

  async start() {
    if (this.working || !desk.recording) return;
    if (FILMS.includes(this.what) && !this.fps) return part("fps").focus();
    const working = (this.working = new AbortController());
    const { address, what } = this;
    this.busy(true);
    try {
      if (what !== "file") await this.decodeAll(working.signal);
      await this.save(address, what, working.signal);
    } catch (problem) {
      if (problem.name === "AbortError") this.say("Cancelled");
      else this.tell(problem);
    } finally {
      this.working = null;
      this.busy(false);
    }
  }

  busy(working) {
    part("export-start").disabled = working;
    part("export-cancel").hidden = !working;
    part("export-progress").hidden = !working;
    if (!working) return;
    this.tell(null);
    this.progress(0);
    this.say("");
  }

  progress(share) {
    part("export-bar").style.width = `${100 * share}%`;
  }

  /** Has the worker decode every picture that is needed; it keeps them, so that the export itself is quick. */
  async decodeAll(signal) {
    const { id } = desk.recording;
    const steps = this.what === "frame" ? [desk.position] : Array.from({ length: desk.last + 1 }, (_, step) => step);
    const asked = new URLSearchParams({ picture: desk.picture, ...(desk.model ? { model: desk.model } : {}) });
    const addresses = steps.map((step) => `${recordingAddress(id)}/steps/${step}/${this.view}.png?${asked}`);
    let done = 0;
    this.say(`decoding 1 of ${addresses.length}`);
    const one = async () => {
      for (let address = addresses.shift(); address; address = addresses.shift()) {
        await this.fetched(address, signal);
        done += 1;
        this.progress(done / steps.length);
        this.say(`decoding ${Math.min(done + 1, steps.length)} of ${steps.length}`);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, addresses.length) }, one));
  }

  /** A whole answer; what the server refuses is thrown with its sentence. */
  async fetched(address, signal) {
    const response = await fetch(address, { signal }).catch((error) => {
      if (error.name === "AbortError") throw error;
      throw Object.assign(new Error("The server cannot be reached."), { hint: "It may be restarting; try again." });
    });
    if (!response.ok) {
      const told = await response.json().catch(() => ({}));
      throw Object.assign(new Error(told.error ?? `The server answered ${response.status}.`), { hint: told.hint });
    }
    return { response, blob: await response.blob() };
  }

  async save(address, what, signal) {
    this.say("putting it together");
    const { response, blob } = await this.fetched(address, signal);
    const name = fileNameOf(response, `steps.${what === "file" ? "safetensors" : what}`);
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.say(`${name}, ${fileSize(blob.size)}`);
  }

  say(words) {
    part("export-status").textContent = words;
  }

  tell(problem) {
    part("export-messages").replaceChildren();
    if (!problem) return;
    panelMessage(part("export-messages"), problem);
    this.say("");
  }
}

const exportPanel = new ExportPanel();
