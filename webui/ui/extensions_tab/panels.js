// What opens below a card: all about it, its settings, its log, an update, the question before it is removed.

class Panels {
  constructor(card) {
    this.card = card;
    this.open = null; // the panel's name
    this.box = make("div", { className: "card-panel", hidden: true, attributes: { "data-testid": "card-panel" } });
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // elsewhere Escape interrupts the running job
      event.stopPropagation();
      this.close();
    });
  }

  get name() {
    return this.card.told.name;
  }

  show(panel, opener) {
    if (this.open === panel) return this.close();
    this.open = panel;
    this.opener = opener;
    this.box.hidden = false;
    this.box.dataset.panel = panel;
    this.box.replaceChildren(...this[panel]());
    this.card.showOpen();
  }

  close() {
    if (!this.open) return;
    this.open = null;
    this.box.hidden = true;
    this.box.replaceChildren();
    this.card.showOpen();
    if (this.opener?.isConnected) this.opener.focus();
  }

  fill(panel, ...children) {
    if (this.open === panel) this.box.replaceChildren(...children);
  }

  about() {
    const { told } = this.card;
    return [...permissionsGroup(told.permissions), ...hooksGroup(told), ...requirementsGroup(told), ...originGroup(told)];
  }

  /** Asked before it is switched on: what it may do, once more. */
  enable() {
    const { told } = this.card;
    const enabling = button("Switch it on", "enable-yes", () => (this.close(), this.card.enable()), "quiet strong");
    setTimeout(() => enabling.focus());
    return [
      ...permissionsGroup(told.permissions),
      ...(told.requirements.length ? requirementsGroup(told) : []),
      make("div", { className: "panel-buttons" }, [button("Leave it off", "enable-no", () => this.close()), enabling]),
    ];
  }

  settings() {
    return [new OwnSettings(this.name).node];
  }

  log() {
    const box = make("pre", { className: "log", tabIndex: 0, textContent: "", attributes: { "data-testid": "extension-log", "aria-label": "Log" } });
    const faults = (this.card.told.faults ?? []).map(({ hook, sentence }) => `${hook}: ${sentence}`);
    window.darkroom
      .ask(`${EXTENSIONS}/${this.name}/log`)
      .then(({ log }) => (box.textContent = log || "Nothing was written."))
      .catch((problem) => this.failed("log", problem));
    return [...(faults.length ? [plainList(faults)] : []), box];
  }

  update() {
    this.fetchDifference();
    return [paragraph("Looking where it came from ...", "fact-note")];
  }

  async fetchDifference() {
    try {
      const told = await window.darkroom.ask(`${EXTENSIONS}/${this.name}/update`, { json: {} });
      const take = () => this.run("update", `${this.name}/update`, { difference: told.id }, "The update is here.");
      this.fill("update", ...differenceView(told, { take, leave: () => this.close() }));
    } catch (problem) {
      this.failed("update", problem);
    }
  }

  rollback() {
    const going = button("Go back", "rollback-yes", () => this.run("rollback", `${this.name}/rollback`, {}, "The version before is here again."), "quiet strong");
    return [
      paragraph("Go back to the version before the last update? If it was switched on then, it is again."),
      make("div", { className: "panel-buttons" }, [button("Stay", "rollback-no", () => this.close()), going]),
    ];
  }

  remove() {
    const keep = make("input", { type: "checkbox", attributes: { "data-testid": "remove-keep" } });
    const yes = button("Remove", "remove-yes", () => this.removeNow(keep.checked), "quiet danger");
    const no = button("Leave it", "remove-no", () => this.close());
    setTimeout(() => no.focus());
    return [
      paragraph(`Remove ${this.card.told.title || this.name}? Its folder, its packages, its settings and its data go.`),
      make("label", { className: "check-line" }, [keep, "Keep its settings and its data"]),
      make("div", { className: "panel-buttons" }, [no, yes]),
    ];
  }

  async removeNow(keep) {
    try {
      await window.darkroom.ask(`${EXTENSIONS}/${this.name}?keep_data=${keep}`, { method: "DELETE" });
      say(`${this.card.told.title || this.name} is removed.`);
      tell(null);
      await store.load();
      part("source").focus();
    } catch (problem) {
      this.failed("remove", problem);
    }
  }

  async run(panel, address, json, words) {
    for (const one of this.box.querySelectorAll("button")) one.disabled = true;
    try {
      await window.darkroom.ask(`${EXTENSIONS}/${address}`, { json });
      this.close();
      say(words);
      store.load();
    } catch (problem) {
      this.failed(panel, problem);
    }
  }

  failed(panel, problem) {
    const box = make("div", { className: "messages" });
    panelMessage(box, problem);
    this.fill(panel, box);
  }
}
