// The words of the prompt as buttons: the chosen one's map lies over the picture, either of what it changes or of where
// the model looks for it. A map is asked for when the slider rests, never while it is dragged or plays; while it is on
// its way the picture is shown alone.

const MAP_RESTS_MS = 250;
const MOST_TRIED = 75; // words; to see what each changes the model is asked once for each
const MAP_KINDS = ["influence", "attention"];
const MAP_VIEWS = ["x0", "xt", "delta", "noise", "guidance"]; // the channels are tiles, over which no map fits

class WordsPanel {
  constructor() {
    this.panel = part("words");
    this.book = new AttentionBook();
    this.shown = null; // the maps of the step that is shown
    this.wanted = "influence"; // what a word changes, or "attention", where the model looks
    this.word = null; // {text, index} of the chosen one; kept from step to step
    this.instead = null; // another step whose maps are shown, until the slider moves
    this.asking = null; // {address, control, done} of the question that is on its way
    this.resting = null;
    this.held = false; // whether a pointer is down: the slider may be dragged
    this.overlay = this.makeOverlay();
    this.join();
  }

  makeOverlay() {
    const attributes = { "aria-hidden": "true", "data-testid": "word-map" };
    const overlay = make("canvas", { className: "word-map", hidden: true, attributes });
    part("frame").append(overlay);
    return overlay;
  }

  join() {
    this.panel.addEventListener("toggle", () => (this.panel.open ? this.look() : this.leave()));
    desk.on("recording", () => this.forget());
    desk.on("picture", () => this.forget());
    desk.on("model", () => this.forget());
    desk.on("view", () => this.draw());
    desk.on("position", () => this.moved());
    addEventListener("pointerdown", () => (this.held = true), true);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => this.released(), true);
    part("word-opacity").addEventListener("input", () => this.showOpacity());
    for (const kind of MAP_KINDS) part(`of-${kind}`).onclick = () => this.turnTo(kind);
    part("word-off").onclick = () => this.choose(null);
  }

  forget() {
    this.stop();
    this.book.clear();
    this.shown = null;
    this.instead = null;
    this.hide();
    this.showKind();
    part("word-list").replaceChildren();
    part("word-tools").hidden = true;
    this.say("");
    if (this.panel.open && desk.recording) this.rest();
  }

  /** How many words the prompt has. */
  get wordCount() {
    return (desk.request?.prompt ?? "").split(/\s+/).filter(Boolean).length;
  }

  /** The kind of map that is shown; where there are too many words to try each, what the model looks at. */
  get kind() {
    return this.wordCount > MOST_TRIED ? "attention" : this.wanted;
  }

  turnTo(kind) {
    this.wanted = kind;
    this.showKind();
    this.hide();
    this.shown = null;
    this.look();
  }

  showKind() {
    const { kind, wordCount } = this;
    for (const each of MAP_KINDS) part(`of-${each}`).setAttribute("aria-pressed", String(each === kind));
    const many = wordCount > MOST_TRIED;
    part("of-influence").disabled = many;
    const words = `This prompt has ${wordCount.toLocaleString("en")} words; what each of them changes is tried for at most ${MOST_TRIED}.`;
    part("of-influence").title = many ? words : "";
    part("word-why").dataset.explain = kind;
    part("word-why").setAttribute("aria-label", `What is this: ${part(`of-${kind}`).textContent.toLowerCase()}`);
  }

  hide() {
    this.overlay.hidden = part("word-glance").hidden = true;
  }

  /** What nobody waits for is not asked for any more. */
  stop() {
    this.asking?.control.abort();
    this.asking = null;
    this.say("");
  }

  leave() {
    this.stop();
    this.hide();
  }

  moved() {
    if (!this.panel.open) return;
    if (this.asking) this.stop();
    this.hide();
    this.shown = null;
    this.instead = null;
    this.rest();
  }

  released() {
    this.held = false;
    if (this.panel.open && !this.shown) this.rest();
  }

  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => !this.held && this.look(), MAP_RESTS_MS);
  }

  /** The call whose maps belong to the position: the one that is made from it; at the end, the last one. */
  get address() {
    const step = this.instead ?? Math.min(desk.position, desk.last - 1);
    const model = desk.model ? `&model=${encodeURIComponent(desk.model)}` : "";
    return `${recordingAddress(desk.recording.id)}/steps/${step}/attention?picture=${desk.picture}&of=${this.kind}${model}`;
  }

  /** Fetches the maps of the position and shows them; asking twice for the same ones is asking once. */
  look() {
    if (!desk.recording || !this.panel.open) return Promise.resolve();
    if (desk.last < 1) return Promise.resolve(this.showWords([]));
    const { address } = this;
    if (this.asking?.address === address) return this.asking.done;
    this.asking?.control.abort();
    const control = new AbortController();
    this.asking = { address, control, done: this.ask(address, control.signal) };
    return this.asking.done;
  }

  async ask(address, signal) {
    let said = "";
    const slow = setTimeout(() => this.say("asking the model at this step once more"), 300);
    try {
      const found = await this.book.at(address, signal);
      if (signal.aborted) return;
      this.shown = found;
      this.showWords(found.words);
      this.tell(null);
      this.draw();
      said = found.words.length ? (found.notes ?? []).join(" ") : "";
    } catch (problem) {
      if (problem.name !== "AbortError") this.tell(problem);
    } finally {
      clearTimeout(slow);
      if (!signal.aborted) {
        this.asking = null;
        this.say(said);
      }
    }
  }

  showWords(words) {
    const list = part("word-list");
    const known = [...list.children].map((button) => button.textContent).join("\n");
    if (known !== words.map(({ text }) => text).join("\n")) list.replaceChildren(...words.map((word) => this.button(word)));
    part("words-lead").textContent = this.leadFor(words);
    // Another step may have another prompt: the same word is found by its text.
    if (this.word) this.word = words.find(({ text }) => text === this.word.text) ?? null;
    this.mark();
  }

  leadFor(words) {
    if (desk.last < 1) return "No step was walked here, so the words had nothing to do.";
    if (words.length) return "Click a word of the prompt to see where it works at this step.";
    return this.wordCount ? "The prompt has no words at this step." : "This picture was made without a prompt, so there are no words to look for.";
  }

  button(word) {
    const button = make("button", { type: "button", className: "word", textContent: word.text });
    button.onclick = () => this.choose(this.word?.index === word.index ? null : word);
    button.dataset.index = word.index;
    return button;
  }

  choose(word) {
    this.word = word;
    this.mark();
    if (word && !this.shown) this.look();
    this.draw();
  }

  mark() {
    for (const button of part("word-list").children) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.index) === this.word?.index));
      this.showShare(button);
    }
    part("word-tools").hidden = !this.word;
  }

  /** A line under a word says how much of all there is belongs to it, compared with the word that has most. */
  showShare(button) {
    const words = this.shown?.words ?? [];
    const share = words.find(({ index }) => Number(button.dataset.index) === index)?.share;
    if (share === undefined) return;
    const most = Math.max(...words.map((word) => word.share), 1e-9);
    button.style.setProperty("--share", `${(100 * share) / most}%`);
    const percent = (100 * share).toFixed(share < 0.1 ? 1 : 0);
    button.title = `${percent} % of ${this.kind === "influence" ? "what all words change" : "all attention"} at this step`;
  }

  draw() {
    const drawn = Boolean(this.word && this.shown && this.panel.open && MAP_VIEWS.includes(desk.view));
    this.overlay.hidden = part("word-glance").hidden = !drawn;
    if (!drawn) return;
    const cell = this.shown.words.findIndex(({ index }) => index === this.word.index);
    const map = amberMap(this.shown.strip, this.shown, cell);
    Object.assign(this.overlay, { width: map.width, height: map.height });
    this.overlay.getContext("2d").drawImage(map, 0, 0);
    this.showOpacity();
    Object.assign(this.overlay.dataset, { word: this.word.text, position: desk.position, of: this.kind });
  }

  showOpacity() {
    const slider = part("word-opacity");
    this.overlay.style.opacity = slider.value / 100;
    slider.style.setProperty("--done", `${(100 * (slider.value - slider.min)) / (slider.max - slider.min)}%`);
    this.drawGlance();
  }

  /** On a phone the picture has left the window where the words are: a small one with the map stands beside them. */
  drawGlance() {
    const glance = part("word-glance");
    const { width, height } = stage.canvas;
    Object.assign(glance, { width, height });
    const context = glance.getContext("2d");
    context.drawImage(stage.canvas, 0, 0);
    context.globalAlpha = part("word-opacity").value / 100;
    context.drawImage(this.overlay, 0, 0, width, height);
  }

  say(words) {
    part("word-status").textContent = words;
  }

  tell(problem) {
    if (problem) panelMessage(part("word-messages"), problem);
    else part("word-messages").replaceChildren();
  }

  /**
   * Opens the panel with the maps of a step over the picture that is shown, and chooses the word that changes most; a
   * short one (an article, a comma) is passed over. Returns it, or null when there is none.
   */
  async showStrongestAt(step) {
    this.instead = step;
    this.panel.open = true;
    this.turnTo("influence");
    await this.look();
    const words = (this.shown?.words ?? []).filter(({ text }) => text.length > 2);
    const strongest = words.reduce((best, word) => ((word.share ?? 0) > (best?.share ?? -1) ? word : best), null);
    if (strongest) this.choose(strongest);
    return strongest?.text ?? null;
  }
}

const wordsPanel = new WordsPanel();
