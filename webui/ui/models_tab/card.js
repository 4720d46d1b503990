// One model in the list: its picture, its name, what it is built on; a click uses it.

const USED_IN_WORDS = { checkpoint: "Chosen", vae: "In use", lora: "In the prompt", embedding: "In the prompt" };

class Card {
  constructor(entry) {
    this.use = make("button", { type: "button", className: "model-use", attributes: { "data-testid": "model-use" } });
    this.star = make("button", { type: "button", className: "card-tool card-star", attributes: { "data-testid": "model-favourite" } });
    this.about = make("button", { type: "button", className: "card-tool card-about", title: "About this model", attributes: { "data-testid": "model-about" } }, [icon("info")]);
    this.node = make("li", { className: "model-card", attributes: { "data-testid": "model-card" } }, [this.use, this.star, this.about]);
    this.update(entry);
    this.use.onclick = () => use(this.entry);
    this.about.onclick = () => openDetails(this.entry, this.about);
    this.star.onclick = () => store.note(this.entry, { favourite: !this.entry.favourite }).catch(tell);
  }

  update(entry) {
    const picture = this.entry && this.entry.preview === entry.preview && this.entry.name === entry.name;
    this.entry = entry;
    const name = shortName(entry);
    this.reason = obstacle(entry, store.chosen);
    if (!picture) this.use.replaceChildren(make("span", { className: "model-picture" }, [pictureOf(entry)]), this.words(name));
    else this.use.replaceChild(this.words(name), this.use.lastChild);
    this.node.dataset.model = entry.name;
    this.node.dataset.id = entry.id;
    this.node.classList.toggle("cannot", Boolean(this.reason));
    this.node.classList.toggle("used", inUse(entry));
    this.node.classList.toggle("opened", store.opened === entry.id);
    this.use.title = this.reason || entry.name;
    this.use.setAttribute("aria-label", [name, baseOf(entry), this.reason || useInWords(entry)].filter(Boolean).join(", "));
    this.use.setAttribute("aria-pressed", String(inUse(entry)));
    this.about.setAttribute("aria-label", `About ${name}`);
    this.star.replaceChildren(icon(entry.favourite ? "star-filled" : "star"));
    this.star.title = entry.favourite ? "No favourite any more" : "Favourite";
    this.star.setAttribute("aria-label", `Favourite: ${name}`);
    this.star.setAttribute("aria-pressed", String(Boolean(entry.favourite)));
  }

  words(name) {
    const facts = [baseOf(this.entry), sizeOf(this.entry.size_bytes)].filter(Boolean).join(" · ");
    const told = this.reason || (inUse(this.entry) ? USED_IN_WORDS[this.entry.kind] : "");
    return make("span", { className: "model-words" }, [
      make("span", { className: "model-name", textContent: name }),
      make("span", { className: "model-facts", textContent: facts }),
      ...(told ? [make("span", { className: "model-told", textContent: told })] : []),
    ]);
  }
}
