// What a panel of the tab has to say: an error, a warning or a note, where it happened.

/** Shows it in the box of a panel; it stays until it is dismissed or the next one comes. `ways` are {name, take}. */
function panelMessage(box, { message, hint = "", kind = "error", ways = [] }) {
  const words = [make("p", { className: "message-text", textContent: message })];
  if (hint) words.push(make("p", { className: "message-hint", textContent: hint }));
  const buttons = ways.map(({ name, take }) => make("button", { type: "button", className: "quiet", textContent: name, onclick: take }));
  if (ways.length) words.push(make("div", { className: "message-ways" }, buttons));
  const dismiss = make("button", { type: "button", className: "quiet icon-only", title: "Dismiss", attributes: { "aria-label": "Dismiss" } }, [icon("x")]);
  const told = make(
    "div",
    { className: `message ${kind}`, attributes: { role: kind === "error" ? "alert" : "status", "data-testid": `${kind}-box` } },
    [icon(kind === "error" ? "triangle-alert" : "info"), make("div", { className: "message-words" }, words), dismiss],
  );
  dismiss.onclick = () => told.remove();
  box.replaceChildren(told);
}
