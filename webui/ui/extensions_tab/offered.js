// What the index has, beside what is installed.

function offeredEntry(entry) {
  const look = button("Look at it", "index-look", () => lookAtSource(entry.name));
  look.setAttribute("aria-label", `Look at ${entry.title || entry.name}`);
  look.disabled = !store.allowed;
  return make("li", { attributes: { "data-testid": "index-entry", "data-extension": entry.name } }, [
    make("div", {}, [
      make("h4", { textContent: entry.title || entry.name }),
      paragraph([entry.author, entry.licence].filter(Boolean).join(" · "), "card-about"),
      paragraph(entry.description ?? "", "card-described"),
    ]),
    look,
  ]);
}

/** What is here already is not offered once more. */
function showOffered() {
  const here = new Set(store.cards.map(({ name }) => name));
  const left = store.index.filter(({ name }) => !here.has(name));
  part("index-box").hidden = left.length === 0;
  part("index").replaceChildren(...left.map(offeredEntry));
}
