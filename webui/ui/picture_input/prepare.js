// "Prepare with": preprocessors of extensions, what each can be told, and the button that asks for it.

class Preparing {
  /** `prepare(name, values)` has the picture prepared and resolves when it is there. */
  constructor(prepare) {
    this.prepare = prepare;
    this.known = []; // [{name, note, controls}, ...] of the extensions that are on
    this.values = new Map(); // by preprocessor: {control: value}
    part("preprocessor").onchange = () => this.show();
    part("prepare-now").onclick = () => this.run();
    if (!window.darkroom.may("extension-tabs")) return;
    window.darkroom.listen((event) => {
      if (["snapshot", "extensions_changed"].includes(event.type)) this.load();
    });
  }

  async load() {
    const { extensions } = await window.darkroom.ask("/api/v1/extensions").catch(() => ({ extensions: [] }));
    const known = extensions.filter(({ status }) => status === "on").flatMap(({ preprocessors }) => preprocessors ?? []);
    if (same(known, this.known)) return;
    this.known = known;
    const chosen = part("preprocessor").value;
    part("preprocessor").replaceChildren(...known.map(({ name }) => new Option(name, name)));
    if (known.some(({ name }) => name === chosen)) part("preprocessor").value = chosen;
    this.show();
    this.place();
  }

  get chosen() {
    return this.known.find(({ name }) => name === part("preprocessor").value);
  }

  /** It is there where there is something to prepare, and something to prepare it with. */
  place(picture = this.picture) {
    this.picture = picture;
    part("prepare").hidden = !picture || this.known.length === 0;
  }

  show() {
    const { name, note = "", controls = [] } = this.chosen ?? {};
    part("preprocessor-note").textContent = note;
    const values = this.values.get(name) ?? {};
    this.values.set(name, values);
    const made = controls.map((told) => {
      const control = controlFor("prepare", told, (value) => {
        values[told.name] = value;
        control.show(value);
      });
      control.show(values[told.name] ?? told.default);
      return control.node;
    });
    part("preprocessor-controls").replaceChildren(...made);
  }

  async run() {
    if (!this.chosen) return;
    const button = part("prepare-now");
    button.disabled = true;
    button.textContent = "Preparing ...";
    await this.prepare(this.chosen.name, this.values.get(this.chosen.name));
    button.textContent = "Prepare";
    button.disabled = false;
  }
}
