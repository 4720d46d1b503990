// Puts the tab together: what changes is shown, what happens elsewhere is heard.

const cards = new Map();

function showCards() {
  const names = new Set(store.cards.map(({ name }) => name));
  for (const [name, card] of cards) {
    if (names.has(name)) continue;
    card.node.remove();
    cards.delete(name);
  }
  for (const told of store.cards) {
    if (cards.has(told.name)) cards.get(told.name).update(told);
    else cards.set(told.name, new Card(told));
  }
  const nodes = store.cards.map(({ name }) => cards.get(name).node);
  // Moving a node takes the focus from what is in it.
  if (nodes.some((node, index) => node !== part("cards").children[index])) part("cards").replaceChildren(...nodes);
}

function show() {
  const { told } = store;
  if (!told) return;
  showCards();
  showOffered();
  part("empty").hidden = store.cards.length > 0;
  part("safe-mode").hidden = !told.safe_mode;
  part("install").hidden = !store.allowed;
  part("refusal").hidden = store.allowed;
  part("refusal").textContent = told.refusal ?? "";
  part("folder").replaceChildren(...(told.folder ? ["Extensions are folders in ", make("code", { textContent: told.folder }), "."] : []));
  element.firstElementChild.dataset.ready = "true";
}

store.onChange(show);

/** What happened while nobody listened is asked for. */
function reload() {
  store.load();
  store.loadIndex();
  loadTasks();
}

let reloading = null;
window.darkroom.listen((event) => {
  if (event.type === "extensions_changed") {
    clearTimeout(reloading);
    reloading = setTimeout(() => store.load(), 150);
  } else if (event.type === "extension_task") takeTask(event);
  else if (event.type === "snapshot") reload();
});
window.addEventListener("darkroom:tab", ({ detail }) => detail === "extensions" && store.load());
reload();
