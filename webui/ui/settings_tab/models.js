// Models: further folders, memory, precision. Every change is saved at once and holds from the next picture on.

class ModelSettings {
  constructor() {
    this.told = null;
    this.fields = new Map();
    for (const [name, field] of Object.entries(MODEL_CHOICES)) part(field.place).append(this.made(name, field));
    part("folder-add").onclick = () => this.addFolder(part("folder-new").value.trim());
    part("folder-new").addEventListener("keydown", (event) => event.key === "Enter" && part("folder-add").click());
    window.addEventListener("darkroom:tab", ({ detail }) => detail === "settings" && this.load());
    this.load();
  }

  async load() {
    try {
      this.show(await window.darkroom.ask("/api/v1/settings/models"));
    } catch (problem) {
      panelMessage(part("models-messages"), problem);
    }
  }

  async change(values, box = "models-messages") {
    try {
      this.show(await window.darkroom.ask("/api/v1/settings/models", { method: "PATCH", json: values }));
      part(box).replaceChildren();
      this.say("Saved; it holds from the next picture on");
      return true;
    } catch (problem) {
      this.show(this.told);
      panelMessage(part(box), problem);
      return false;
    }
  }

  say(words) {
    clearTimeout(this.timer);
    part("models-saved").textContent = words;
    this.timer = setTimeout(() => (part("models-saved").textContent = ""), 4000);
  }

  made(name, field) {
    if (field.choices) return this.choiceField(name, field);
    return field.toggle ? this.toggleField(name, field) : this.sizeField(name, field);
  }

  /** A label, what is chosen, and what that means. */
  row(name, words, control, hint, shown = control) {
    control.id = `setting-${name}`;
    control.dataset.testid = `setting-${name}`;
    const label = make("label", { htmlFor: control.id, textContent: words });
    return make("div", { className: "model-setting" }, [label, shown, hint]);
  }

  choiceField(name, { words, choices }) {
    const select = make("select", {}, choices.map(([value, shown]) => new Option(shown, value)));
    const hint = make("p", { className: "choice-words" });
    const explain = () => (hint.textContent = choices.find(([value]) => value === select.value)?.[2] ?? "");
    select.onchange = () => this.change({ [name]: select.value });
    this.fields.set(name, (value) => {
      select.value = value;
      explain();
    });
    return this.row(name, words, select, hint);
  }

  sizeField(name, { words, empty = "", hint = "" }) {
    const input = make("input", { type: "number", min: 0, step: 0.1, inputMode: "decimal", placeholder: empty });
    const box = make("span", { className: "disk-budget" }, [input, " GB"]);
    input.onchange = () => {
      if (!Number.isFinite(input.valueAsNumber) && !empty) return this.show(this.told);
      this.change({ [name]: Number.isFinite(input.valueAsNumber) ? Math.round(input.valueAsNumber * 1000) : null });
    };
    this.fields.set(name, (value) => (input.value = value === null ? "" : value / 1000));
    return this.row(name, words, input, make("p", { className: "choice-words", textContent: hint }), box);
  }

  toggleField(name, { words, hint }) {
    const box = make("input", { type: "checkbox" });
    box.onchange = () => this.change({ [name]: box.checked });
    this.fields.set(name, (value) => (box.checked = value));
    return this.row(name, words, box, make("p", { className: "choice-words", textContent: hint }));
  }

  show(told) {
    if (!told) return;
    this.told = told;
    for (const [name, set] of this.fields) if (name in told) set(told[name]);
    const own = told.folders.map((folder) => this.folder(folder, null));
    part("folder-list").replaceChildren(...own, ...told.extra_folders.map((folder) => this.folder(folder, "remove")));
    part("folders-found").replaceChildren(...told.found.map(({ folder, program }) => this.folder(folder, "add", program)));
    part("folders-found").hidden = told.found.length === 0;
  }

  folder(folder, way, program = "") {
    const words = make("span", { className: "folder-name" }, [make("code", { textContent: folder })]);
    if (program) words.append(make("span", { className: "choice-words", textContent: `Found: ${program}` }));
    const item = make("li", {}, [words]);
    if (!way) return item;
    const remove = way === "remove";
    const button = make("button", { type: "button", className: "quiet", textContent: remove ? "Remove" : "Add", attributes: { "aria-label": `${remove ? "Remove" : "Add"} ${folder}` } });
    const others = this.told.extra_folders.filter((other) => other !== folder);
    button.onclick = () => this.change({ extra_folders: remove ? others : [...others, folder] }, "folder-messages");
    item.append(button);
    return item;
  }

  async addFolder(folder) {
    if (!folder) return;
    if (!this.told) await this.load(); // the list of folders must be known before one is added
    if (!this.told) return;
    const all = [...this.told.extra_folders.filter((other) => other !== folder), folder];
    if (await this.change({ extra_folders: all }, "folder-messages")) part("folder-new").value = "";
  }
}

new ModelSettings();
