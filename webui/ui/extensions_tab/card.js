// One extension: what it is, whether it is on, what is wrong with it, and what can be done.

const CAN_BE_ENABLED = ["off", "changed", "faulty", "switched_off"];

class Card {
  constructor(told) {
    this.told = told;
    this.panels = new Panels(this);
    this.picture = make("div", { className: "card-picture", attributes: { "aria-hidden": "true" } });
    this.words = make("div", { className: "card-words" });
    this.status = make("span", { className: "card-status", attributes: { "data-testid": "card-status" } });
    this.switch = make("button", { type: "button", className: "card-switch", attributes: { role: "switch", "data-testid": "card-switch" } }, [make("span")]);
    this.problem = make("div", { className: "card-problem", attributes: { "data-testid": "card-problem" } });
    this.messages = make("div", { className: "messages" });
    this.buttons = make("div", { className: "card-buttons" });
    const state = make("div", { className: "card-state" }, [this.status, this.switch]);
    const head = make("div", { className: "card-head" }, [this.words, state]);
    const body = make("div", { className: "card-body" }, [head, this.problem, this.messages, this.buttons]);
    this.node = make("li", { className: "extension-card", attributes: { "data-testid": "extension-card" } }, [this.picture, body, this.panels.box]);
    this.switch.onclick = () => this.turn();
    this.update(told);
  }

  update(told) {
    const pictured = this.drawn && this.told.preview === told.preview && this.told.version === told.version;
    this.told = told;
    this.drawn = true;
    const title = told.title || told.name;
    this.node.dataset.extension = told.name;
    this.node.dataset.status = told.status;
    if (!pictured) this.picture.replaceChildren(this.preview(title));
    this.words.replaceChildren(make("h3", { textContent: title }), paragraph(aboutInWords(told), "card-about"), paragraph(told.description ?? "", "card-described"));
    this.switch.setAttribute("aria-label", title);
    this.showState();
    this.showProblem();
    this.showButtons();
  }

  preview(title) {
    const { name, version } = this.told;
    if (this.told.preview) return make("img", { src: `${EXTENSIONS}/${name}/preview?v=${encodeURIComponent(version ?? "")}`, alt: "", loading: "lazy" });
    return make("span", { className: "card-letter", textContent: title.charAt(0).toUpperCase() });
  }

  showState() {
    const { status, enabled } = this.told;
    const on = status === "on";
    const safe = Boolean(store.told?.safe_mode);
    this.status.textContent = this.busy ?? (safe && enabled ? "On, but not loaded" : (STATUS_WORDS[status] ?? status));
    this.switch.setAttribute("aria-checked", String(on || (safe && Boolean(enabled))));
    this.switch.disabled = Boolean(this.busy) || safe || !store.allowed || !(on || CAN_BE_ENABLED.includes(status));
    this.node.setAttribute("aria-busy", String(Boolean(this.busy)));
  }

  /** What is wrong, as sentences; in safe mode the banner says why nothing is loaded. */
  wrong() {
    const { status, problem, faults = [] } = this.told;
    const told = faults.map(({ hook, sentence }) => `${hook}: ${sentence}`);
    const why = store.told?.safe_mode && status === "off" ? null : problem;
    return [...new Set([why, ...told].filter(Boolean))];
  }

  /** What is not as it could be, though nothing failed. */
  noted() {
    const { status, notices = [], withheld = [] } = this.told;
    if (status !== "on") return [];
    return [...withheld.map(({ hook, permission }) => `${hook} is not called: it needs the permission "${permission}", which it does not ask for.`), ...notices];
  }

  showProblem() {
    const { status, has_log } = this.told;
    const wrong = this.wrong();
    const sentences = [...wrong, ...this.noted()];
    const ways = [];
    if (status === "changed" && store.allowed) ways.push(button("Look at it and switch it on", "card-again", () => this.panels.show("enable", this.switch), "quiet strong"));
    if (has_log && wrong.length && status !== "changed") ways.push(button("Show the log", "card-problem-log", () => this.panels.show("log", this.switch)));
    this.problem.hidden = sentences.length === 0;
    this.problem.classList.toggle("calm", wrong.length === 0 || ["changed", "needs_newer"].includes(status));
    this.problem.replaceChildren(...sentences.map((sentence) => paragraph(sentence)), ...(ways.length ? [make("div", { className: "message-ways" }, ways)] : []));
  }

  /** The panels that this card has, with the words on their buttons. */
  panelNames() {
    const { status, settings = [], source, previous, has_log, ships } = this.told;
    const names = [["about", "About"]];
    if (status === "on" && settings.length) names.push(["settings", "Settings"]);
    if (has_log) names.push(["log", "Log"]);
    if (store.allowed && source) names.push(["update", "Update"]);
    if (store.allowed && previous) names.push(["rollback", "Go back"]);
    if (store.allowed && !ships) names.push(["remove", "Remove"]);
    return names;
  }

  showButtons() {
    const names = this.panelNames();
    const drawn = JSON.stringify(names);
    if (this.buttons.dataset.drawn !== drawn) {
      this.buttons.dataset.drawn = drawn;
      this.buttons.replaceChildren(
        ...names.map(([panel, words]) => {
          const made = button(words, `card-${panel}`, () => this.panels.show(panel, made));
          made.dataset.panel = panel;
          made.setAttribute("aria-label", `${words}: ${this.told.title || this.told.name}`);
          return made;
        }),
      );
    }
    if (this.panels.open && this.panels.open !== "enable" && !names.some(([panel]) => panel === this.panels.open)) this.panels.close();
    this.showOpen();
  }

  showOpen() {
    for (const one of this.buttons.children) one.setAttribute("aria-expanded", String(one.dataset.panel === this.panels.open));
  }

  turn() {
    if (this.told.status === "on") return this.ask("disable", "Switching off", "off");
    this.panels.show("enable", this.switch);
  }

  enable() {
    return this.ask("enable", "Being started", "on");
  }

  async ask(way, busy, state) {
    this.busy = `${busy} ...`;
    this.messages.replaceChildren();
    this.showState();
    try {
      const told = await window.darkroom.ask(`${EXTENSIONS}/${this.told.name}/${way}`, { method: "POST" });
      this.busy = null;
      store.take(told);
      say(`${told.title || told.name} is ${state}.`);
    } catch (problem) {
      this.busy = null;
      await store.load();
      // What hinders it stands on its card by now; anything else is told here.
      if (this.wrong().length === 0) panelMessage(this.messages, problem);
      else say(problem.message);
    }
    this.switch.focus({ preventScroll: true });
  }
}
