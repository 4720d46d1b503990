// The settings of an extension: what it asks for as controls, kept by the server as soon as they are changed.

class OwnSettings {
  constructor(name) {
    this.address = `${EXTENSIONS}/${name}/settings`;
    this.name = name;
    this.controls = new Map();
    this.fields = make("div", { className: "extra-fields" });
    this.saved = make("p", { className: "fact-note", attributes: { role: "status", "data-testid": "own-settings-saved" } });
    this.messages = make("div", { className: "messages" });
    this.node = make("div", { className: "own-settings" }, [this.fields, this.saved, this.messages]);
    this.load();
  }

  async load() {
    try {
      this.show(await window.darkroom.ask(this.address));
    } catch (problem) {
      panelMessage(this.messages, problem);
    }
  }

  show({ controls, values }) {
    if (this.controls.size === 0) {
      for (const told of controls) this.controls.set(told.name, controlFor(`settings-${this.name}`, told, (value) => this.set(told.name, value)));
      this.fields.append(...[...this.controls.values()].map(({ node }) => node));
    }
    for (const [name, control] of this.controls) control.show(values[name] ?? control.told.default);
  }

  set(name, value) {
    this.controls.get(name).show(value);
    clearTimeout(this.timer); // a slider tells many values on its way
    this.timer = setTimeout(() => this.keep({ [name]: value }), 250);
  }

  async keep(values) {
    try {
      this.show(await window.darkroom.ask(this.address, { method: "PATCH", json: values }));
      this.messages.replaceChildren();
      this.saved.textContent = "Saved";
    } catch (problem) {
      panelMessage(this.messages, problem);
    }
  }
}
