// Errors and warnings of jobs, in sentences, under the picture. Each stays until it is dismissed.

class Messages {
  constructor() {
    this.box = part("messages");
  }

  /** Show a message once for each `key`; a dismissed one does not come back with the next snapshot. */
  show({ key, kind = "error", message, hint = "", action = null }) {
    if (Messages.dismissed().includes(key) || this.find(key)) return;
    const dismiss = make(
      "button",
      { type: "button", className: "quiet icon-only", title: "Dismiss", attributes: { "aria-label": "Dismiss" } },
      [icon("x")],
    );
    const words = [make("p", { className: "message-text", textContent: message })];
    if (hint) words.push(make("p", { className: "message-hint", textContent: hint }));
    if (action) words.push(make("a", { className: "message-action", textContent: action.name, href: action.address }));
    const box = make(
      "div",
      {
        className: `message ${kind}`,
        attributes: { role: kind === "error" ? "alert" : "status", "data-key": key, "data-testid": `${kind}-box` },
      },
      [icon(kind === "note" ? "info" : "triangle-alert"), make("div", { className: "message-words" }, words), dismiss],
    );
    dismiss.onclick = () => {
      Messages.remember(key);
      box.remove();
    };
    this.box.append(box);
  }

  find(key) {
    return [...this.box.children].find((box) => box.dataset.key === key);
  }

  /** Take away the messages of a kind that are no longer true. */
  clearAll(prefix, except) {
    for (const box of [...this.box.children])
      if (box.dataset.key.startsWith(prefix) && box.dataset.key !== except) box.remove();
  }

  static dismissed() {
    try {
      return JSON.parse(sessionStorage.getItem("darkroom.dismissed")) ?? [];
    } catch {
      return [];
    }
  }

  static remember(key) {
    try {
      sessionStorage.setItem("darkroom.dismissed", JSON.stringify([...Messages.dismissed().slice(-50), key]));
    } catch {
      // Storage is blocked: the message may come back after a reload.
    }
  }
}
