// What is looked for: kinds as a row of words, base model, order, favourites, words.

const ALWAYS = ["checkpoint", "lora", "embedding", "vae"]; // kinds that are there even where there is nothing of them

function showKinds() {
  const counts = store.counts();
  const kinds = KINDS.filter(([kind]) => ALWAYS.includes(kind) || counts[kind]);
  part("kinds").replaceChildren(
    ...kinds.map(([kind, words]) => {
      const button = make("button", { type: "button", className: "kind", attributes: { "data-kind": kind, "aria-pressed": String(kind === store.filters.kind) } }, [
        make("span", { textContent: words }),
        make("span", { className: "kind-count", textContent: counts[kind] ?? 0 }),
      ]);
      button.onclick = () => {
        Object.assign(store.filters, { kind, base: "" });
        store.changed();
        part("kinds").querySelector(`[data-kind="${kind}"]`).focus();
      };
      return button;
    }),
  );
}

function showBases() {
  const bases = store.bases();
  const select = part("base");
  if (!bases.includes(store.filters.base)) store.filters.base = "";
  select.hidden = bases.length < 2;
  select.replaceChildren(new Option("Every base model", ""), ...bases.map((base) => new Option(base, base)));
  select.value = store.filters.base;
}

function showCount(shown) {
  const { kind, base, favourites, words } = store.filters;
  const all = store.counts()[kind] ?? 0;
  const narrowed = base || favourites || words.trim();
  part("count").textContent = narrowed && all ? `${shown.length.toLocaleString("en")} of ${all.toLocaleString("en")}` : "";
}

const FOLDER_WORDS = {
  checkpoint: "Checkpoints make the pictures: .safetensors or .gguf files, or folders of diffusers.",
  lora: "LoRAs are small files that teach a checkpoint a style, a person or a thing.",
  embedding: "Embeddings are words that a checkpoint learns from a few kilobytes.",
  vae: "Checkpoints bring a VAE along; another one can be used in its place.",
};

function showEmpty(shown) {
  const box = part("empty");
  box.hidden = shown.length > 0 || store.entries === null;
  if (box.hidden) return;
  const { kind } = store.filters;
  if (store.counts()[kind]) {
    const clear = make("button", { type: "button", className: "quiet", textContent: "Show all", onclick: clearFilters });
    return box.replaceChildren(make("p", { className: "empty-title", textContent: "Nothing here is like that." }), clear);
  }
  const folder = `models/${props.folders?.[kind] ?? kind}`;
  const begin = make("button", { type: "button", className: "quiet strong", textContent: "Download one", onclick: () => openPanel("download") });
  const words = make("p", {}, [
    `${FOLDER_WORDS[kind] ?? ""} Put them into `.trimStart(),
    make("code", { textContent: folder }),
    " and they appear here by themselves. Folders of other programs can be named in the Settings.",
  ]);
  box.replaceChildren(make("p", { className: "empty-title", textContent: `No ${kindsInWords(kind)} yet` }), words, begin);
}

function clearFilters() {
  Object.assign(store.filters, { base: "", favourites: false, words: "" });
  part("search").value = "";
  store.changed();
}

part("search").addEventListener("input", ({ target }) => {
  store.filters.words = target.value;
  store.changed();
});
part("base").addEventListener("change", ({ target }) => {
  store.filters.base = target.value;
  store.changed();
});
part("order").addEventListener("change", ({ target }) => {
  store.filters.order = target.value;
  store.changed();
});
part("favourites").onclick = () => {
  store.filters.favourites = !store.filters.favourites;
  store.changed();
};

function showFilters(shown) {
  showKinds();
  showBases();
  part("favourites").setAttribute("aria-pressed", String(store.filters.favourites));
  part("favourites").replaceChildren(icon(store.filters.favourites ? "star-filled" : "star"));
  showCount(shown);
  showEmpty(shown);
}
