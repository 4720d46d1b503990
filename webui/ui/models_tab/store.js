// What the tab knows: the models, what is chosen in the form, and what is looked for.

const MODELS = "/api/v1/models";

class Store {
  constructor() {
    this.entries = null; // null: not here yet
    this.form = {}; // the values of the form that matter here: model, prompt, negative_prompt, vae
    this.filters = { kind: "checkpoint", base: "", order: "name", favourites: false, words: "" };
    this.opened = null; // the id of the model whose details are shown
    this.listeners = [];
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  changed() {
    for (const listener of this.listeners) listener();
  }

  async load() {
    try {
      const entries = await window.darkroom.ask(`${MODELS}?kind=all`);
      for (const entry of entries) entry.searched = searched(entry);
      this.entries = entries;
      tell(null);
    } catch (problem) {
      this.entries ??= [];
      tell(problem);
    }
    this.changed();
  }

  find(id) {
    return this.entries?.find((entry) => entry.id === id) ?? null;
  }

  /** The checkpoint that the form has. */
  get chosen() {
    const checkpoints = this.entries?.filter(({ kind }) => kind === "checkpoint") ?? [];
    return checkpoints.find(({ name }) => name === this.form.model) ?? null;
  }

  counts() {
    const counts = {};
    for (const { kind } of this.entries ?? []) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** The base models of the kind that is looked at. */
  bases() {
    const { kind } = this.filters;
    return [...new Set((this.entries ?? []).filter((entry) => entry.kind === kind).map(baseOf))].filter(Boolean).sort();
  }

  /** What is to be seen, in its order. */
  shown() {
    const { kind, base, order, favourites, words } = this.filters;
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = (this.entries ?? []).filter(
      (entry) =>
        entry.kind === kind &&
        (!base || baseOf(entry) === base) &&
        (!favourites || entry.favourite) &&
        wanted.every((word) => entry.searched.includes(word)),
    );
    const inOrder = ORDERS[order] ?? ORDERS.name;
    return found.sort((a, b) => Boolean(a.problem) - Boolean(b.problem) || inOrder(a, b));
  }

  /** Keep what somebody wrote of a model. */
  async note(entry, changes) {
    const told = await window.darkroom.ask(`${MODELS}/${entry.id}`, { method: "PATCH", json: changes });
    Object.assign(entry, told);
    entry.searched = searched(entry);
    this.changed();
  }
}

const byName = (a, b) => shortName(a).localeCompare(shortName(b), "en", { numeric: true, sensitivity: "base" });
const ORDERS = {
  name: (a, b) => b.favourite - a.favourite || byName(a, b),
  new: (a, b) => b.changed_ns - a.changed_ns || byName(a, b),
  size: (a, b) => b.size_bytes - a.size_bytes || byName(a, b),
  base: (a, b) => baseOf(a).localeCompare(baseOf(b)) || byName(a, b),
};

function searched(entry) {
  const words = [entry.name, entry.alias, baseOf(entry), entry.notes, entry.form, ...(entry.trigger_words ?? [])];
  return words.filter(Boolean).join(" ").toLowerCase();
}

const store = new Store();
