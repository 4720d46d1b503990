// What the vector at the point is, seen by the model: its length, what is near it, how far each idea is.

const MOST_WORDS = 8;

class VectorFacts {
  constructor(store, onProblem) {
    Object.assign(this, { store, onProblem, asking: null });
  }

  async show(request) {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    part("vector").classList.add("stale");
    try {
      const told = await explore.vector(request, this.store.ideas.map(({ prompt }) => prompt), signal);
      if (!signal.aborted) this.lay(told);
    } catch (problem) {
      if (!signal.aborted) this.onProblem(problem);
    }
  }

  lay({ dimensions, tokens, norm, ideas, nearest }) {
    const words = nearest.slice(0, MOST_WORDS).map(({ word, similarity }) => make("span", { className: "near-word", textContent: word, title: `cosine ${similarity.toFixed(3)}` }));
    const farthest = Math.max(...ideas.map(({ distance }) => distance), 1e-9);
    const distances = ideas.map(({ distance, similarity }, index) => this.distance(LETTERS[index], distance, similarity, farthest));
    part("facts").replaceChildren(
      ...fact("dimensions", `${dimensions}${tokens ? ` (${tokens} tokens × ${dimensions / tokens})` : ""}`),
      ...fact("norm", norm.toFixed(2)),
      ...(words.length ? fact("nearest words", ...words) : []),
      ...fact("distances", make("ul", { className: "map-distances" }, distances)),
    );
    part("vector").hidden = false;
    part("vector").classList.remove("stale");
  }

  distance(letter, distance, similarity, farthest) {
    const bar = make("span", { className: "distance-bar" });
    bar.style.setProperty("--share", `${(100 * distance) / farthest}%`);
    return make("li", { title: `cosine ${similarity.toFixed(3)}` }, [make("span", { className: "dot-letter", textContent: letter }), bar, make("span", { className: "distance-number", textContent: distance.toFixed(2) })]);
  }
}

function fact(name, ...values) {
  return [make("dt", { textContent: name }), make("dd", {}, values)];
}
