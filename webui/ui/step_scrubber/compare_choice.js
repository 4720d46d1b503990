// What can be laid beside the walk on the desk: its family, the other pictures that walked with it, recent recordings.

const MOST_RECENT = 24;

class ComparisonChoice {
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.recent = null; // what the server told of recent recordings
    this.asked = null; // the recording on the desk when they were asked for
    this.shown = "";
  }

  async show(other) {
    this.draw(other);
    if (this.asked === desk.recording?.id) return;
    this.asked = desk.recording?.id;
    this.recent = await window.darkroom.ask(`/api/v1/trajectories?limit=${MOST_RECENT}`).catch(() => this.recent);
    this.draw(other);
  }

  draw(other) {
    if (!desk.recording) return;
    const family = familyTree.nodes.length ? familyTree.nodes : [desk.recording];
    const known = new Set(family.map(({ id }) => id));
    const recent = listOf(this.recent).filter(({ id }) => !known.has(id));
    const chosen = other && `${other.recording.id}:${other.row}`;
    const groups = [
      ["Family", family.flatMap(choicesOf)],
      ["Recent", recent.flatMap(choicesOf)],
    ];
    const own = `${desk.recording.id}:${desk.picture}`;
    const key = JSON.stringify([groups, chosen, own]);
    if (key === this.shown) return; // leaves the focus on a button where it is
    this.shown = key;
    const shown = groups
      .map(([name, choices]) => [name, choices.filter((choice) => choice.key !== own)])
      .filter(([, choices]) => choices.length);
    const focused = part("compare-choice").contains(document.activeElement) ? document.activeElement.dataset.key : null;
    part("compare-choice").replaceChildren(...shown.map(([name, choices]) => this.group(name, choices, chosen)));
    if (focused) part("compare-choice").querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
  }

  group(name, choices, chosen) {
    const items = choices.map((choice) => make("li", {}, [this.button(choice, choice.key === chosen)]));
    return make("div", { className: "film-group" }, [make("h2", { textContent: name }), make("ul", { className: "film-items" }, items)]);
  }

  button({ key, id, row, url, label }, chosen) {
    return make(
      "button",
      {
        type: "button",
        className: "thumb",
        title: label,
        onclick: () => this.onChoose({ id, row }),
        attributes: { "aria-label": `Compare with: ${label}`, "aria-pressed": chosen, "data-key": key, "data-testid": "compare-with" },
      },
      [smallPicture(url)],
    );
  }
}

/** A picture's small image; a walk that was stopped has none, and a sign in its place. */
function smallPicture(url, className = "") {
  if (url) return make("img", { alt: "", src: url, loading: "lazy", decoding: "async", className });
  return make("span", { className: `${className} no-picture` }, [icon("film")]);
}

function listOf(answer) {
  return Array.isArray(answer) ? answer : (answer?.trajectories ?? []);
}

function choicesOf(recording) {
  const prompt = recording.prompt ?? recording.request?.prompt ?? "";
  const from = recording.origin ? `branch at step ${recording.origin.step}: ` : "";
  return recording.pictures.map(({ row, url }) => ({
    key: `${recording.id}:${row}`,
    id: recording.id,
    row,
    url,
    label: `${from}${prompt || "no prompt"}`,
  }));
}
