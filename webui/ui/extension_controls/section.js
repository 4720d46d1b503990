// The controls of one extension, folded under its name, with the number of those that are changed.

class Section {
  constructor({ name, title, controls }, onSet) {
    this.name = name;
    this.controls = new Map(controls.map((told) => [told.name, controlFor(name, told, (value) => onSet(name, told, value))]));
    this.count = make("span", { className: "changed-count", hidden: true });
    const heading = make("summary", {}, [make("span", { textContent: title }), this.count]);
    const body = make("div", { className: "extra-fields" }, [...this.controls.values()].map(({ node }) => node));
    this.node = make("details", { id: `field-extras-${name}`, className: "extra-section", attributes: { "data-testid": "extra-section", "data-extension": name } }, [heading, body]);
    // Folded fields have no size to measure; what is typed into them is fitted when they can be seen.
    this.node.ontoggle = () => this.node.open && this.controls.forEach((control) => control.put(control.value));
  }

  /** Values of this extension that are not the defaults: {control: value}. */
  show(values = {}) {
    let changed = 0;
    for (const [name, control] of this.controls) {
      const value = name in values ? values[name] : control.told.default;
      if (!same(value, control.told.default)) changed += 1;
      if (!same(value, control.value)) control.show(value);
    }
    this.count.hidden = changed === 0;
    this.count.textContent = changed;
    this.count.setAttribute("aria-label", `${changed} changed`);
  }
}
