// Sentences at the head of the tab: what went wrong, what was otherwise than expected, and what can be done about it.

class DeskMessages {
  constructor() {
    this.box = part("messages");
    this.dismissed = new Set();
    // The stage makes room, so that the slider stays in view.
    const measure = () => part("scrubber").style.setProperty("--messages", `${this.box.offsetHeight ? this.box.offsetHeight + 8 : 0}px`);
    new ResizeObserver(measure).observe(this.box);
  }

  /**
   * Show a message once for each `key`. `kind` is "error", "warning", "note" or "busy"; `actions` are [{name, run}];
   * `extra` is an element that stands under the words. Returns the box, or null when it was dismissed before.
   */
  show({ key, kind = "error", message, hint = "", actions = [], extra = null }) {
    this.clear(key);
    if (this.dismissed.has(key)) return null;
    const words = [make("p", { className: "message-text", textContent: message })];
    if (hint) words.push(make("p", { className: "message-hint", textContent: hint }));
    if (actions.length || extra) words.push(this.ways(actions, extra));
    const sign = { note: "info", busy: "film" }[kind] ?? "triangle-alert";
    const box = make(
      "div",
      {
        className: `message ${kind}`,
        attributes: { role: kind === "error" ? "alert" : "status", "data-key": key, "data-testid": `${kind}-box` },
      },
      [icon(sign), make("div", { className: "message-words" }, words), this.dismissal(key, kind)],
    );
    this.box.append(box);
    return box;
  }

  ways(actions, extra) {
    const buttons = actions.map(({ name, run }) =>
      make("button", { type: "button", className: "quiet", textContent: name, onclick: run }),
    );
    return make("div", { className: "message-ways" }, extra ? [...buttons, extra] : buttons);
  }

  dismissal(key, kind) {
    const button = make(
      "button",
      { type: "button", className: "quiet icon-only", title: "Dismiss", attributes: { "aria-label": "Dismiss" } },
      [icon("x")],
    );
    button.hidden = kind === "busy";
    button.onclick = () => {
      if (kind === "note" || kind === "warning") this.dismissed.add(key);
      this.clear(key);
    };
    return button;
  }

  /** Tell of a problem that was thrown; a new one takes the place of the one before. */
  problem(problem) {
    this.show({ key: "problem", message: problem.message, hint: problem.hint ?? "" });
  }

  /** Take away the messages whose key begins so. */
  clear(prefix) {
    for (const box of [...this.box.children]) if (box.dataset.key.startsWith(prefix)) box.remove();
  }
}

const deskMessages = new DeskMessages();
