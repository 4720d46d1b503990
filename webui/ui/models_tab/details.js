// Everything about one model, beside the list (on a phone over it): what can be done with it, what is known, notes.

const TAGS_SHOWN = 24;
let opener = null;

function openDetails(entry, from = document.activeElement) {
  opener = from;
  store.opened = entry.id;
  store.changed();
  part("details").querySelector(".details-close")?.focus();
  askMore(entry.id);
}

function closeDetails() {
  if (!store.opened) return;
  store.opened = null;
  store.changed();
  if (opener?.isConnected) opener.focus();
}

const known = new Map(); // what the server told of models, beyond the list

async function askMore(id) {
  if (known.has(id)) return;
  try {
    known.set(id, await window.darkroom.ask(`${MODELS}/${id}`));
    if (store.opened === id) showDetails();
  } catch (problem) {
    tell(problem);
  }
}

function group(title, children, testid) {
  const heading = make("h3", { textContent: title });
  return make("section", { className: "details-group", attributes: testid ? { "data-testid": testid } : {} }, [heading, ...children]);
}

function detailsHead(entry) {
  const close = make("button", { type: "button", className: "quiet icon-only details-close", title: "Close", attributes: { "aria-label": "Close", "data-testid": "details-close" } }, [icon("x")]);
  close.onclick = closeDetails;
  const words = make("div", { className: "details-names" }, [
    make("h2", { textContent: shortName(entry) }),
    make("p", { textContent: [kindInWords(entry.kind), baseOf(entry)].filter(Boolean).join(" · ") }),
  ]);
  return make("header", { className: "details-head" }, [words, close]);
}

function wayButtons(entry) {
  const words = useInWords(entry);
  const reason = obstacle(entry, store.chosen);
  const buttons = [];
  if (words && (!reason || inUse(entry))) {
    const button = make("button", { type: "button", className: "quiet strong", textContent: words, attributes: { "data-testid": "details-use" } });
    button.disabled = entry.kind === "checkpoint" && inUse(entry);
    button.onclick = () => use(entry).catch(tell);
    buttons.push(button);
  }
  if (entry.kind === "embedding" && !reason) {
    const name = shortName(entry);
    const there = holdsWords(promptNow("negative_prompt"), name);
    const negative = make("button", { type: "button", className: "quiet", textContent: there ? "Out of the negative prompt" : "Into the negative prompt" });
    negative.onclick = () => putWords(name, "negative_prompt").catch(tell);
    buttons.push(negative);
  }
  if (inUse(entry)) {
    const back = make("button", { type: "button", className: "quiet", textContent: "To the prompt", attributes: { "data-testid": "to-prompt" } });
    back.onclick = () => window.darkroom.showTab(document.documentElement.dataset.way);
    buttons.push(back);
  }
  return make("div", { className: "details-ways" }, buttons);
}

function problemOf(entry) {
  const reason = obstacle(entry, store.chosen);
  if (!reason) return [];
  const children = [make("p", { textContent: reason })];
  if (entry.format === "pickle") {
    const command = `python -m webui models convert "${entry.path}"`;
    children.push(make("p", { className: "details-hint", textContent: "A pickle can hold a program. Converting reads its numbers alone, in a process that can do nothing else; the old file stays." }));
    const convert = make("button", { type: "button", className: "quiet strong", textContent: "Convert", attributes: { "data-testid": "model-convert" } });
    convert.onclick = () => beginTask(`${MODELS}/${entry.id}/convert`, {}, convert);
    children.push(make("div", { className: "details-ways" }, [convert]), make("code", { textContent: command }));
  }
  return [make("div", { className: "details-problem", attributes: { "data-testid": "model-problem" } }, children)];
}

function notesOf(entry) {
  const box = make("textarea", { rows: 3, value: entry.notes ?? "", placeholder: "Yours alone: settings that worked, where it came from", attributes: { "aria-label": "Notes", "data-testid": "model-notes" } });
  const saved = make("p", { className: "details-saved", attributes: { role: "status" } });
  box.addEventListener("change", async () => {
    try {
      await store.note(entry, { notes: box.value });
      saved.textContent = "Kept";
    } catch (problem) {
      tell(problem);
    }
  });
  return group("Notes", [box, saved], "details-notes");
}

function tagsOf(entry, told) {
  const words = (entry.trigger_words ?? []).map((word) => [word, 0]);
  const groups = [];
  if (words.length) groups.push(group("Words that call it up", [make("div", { className: "tags" }, tagButtons(words))], "trigger-words"));
  const trained = Object.entries(told?.tags ?? {}).filter(([tag]) => !(entry.trigger_words ?? []).includes(tag));
  if (!trained.length) return groups;
  const box = make("div", { className: "tags" }, tagButtons(trained.slice(0, TAGS_SHOWN)));
  if (trained.length > TAGS_SHOWN) {
    const more = make("button", { type: "button", className: "tag more", textContent: `${trained.length - TAGS_SHOWN} more` });
    more.onclick = () => box.replaceChildren(...tagButtons(trained));
    box.append(more);
  }
  return [...groups, group("Trained on", [box], "trained-tags")];
}

function metadataOf(told) {
  const values = Object.entries(told?.metadata ?? {}).filter(([name]) => name !== "ss_tag_frequency");
  if (!values.length) return [];
  const fold = make("details", { className: "details-more" }, [make("summary", { textContent: `What the file says of itself (${values.length})` }), factList(values)]);
  return [fold];
}

/** Draws the details anew; what is being typed stays. */
function showDetails() {
  const box = part("details");
  const entry = store.find(store.opened);
  part("body").classList.toggle("with-details", Boolean(entry));
  box.hidden = !entry;
  if (!entry) return box.replaceChildren();
  if (box.dataset.id === entry.id && box.contains(document.activeElement) && document.activeElement.matches("textarea")) return;
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  const told = known.get(entry.id);
  const described = entry.description || told?.description;
  box.dataset.id = entry.id;
  box.replaceChildren(
    detailsHead(entry),
    make("div", { className: "details-picture" }, [pictureOf(entry)]),
    wayButtons(entry),
    ...problemOf(entry),
    ...tagsOf(entry, told),
    ...(described ? [group("Description", [make("p", { className: "details-described", textContent: described })])] : []),
    notesOf(entry),
    group("Facts", [factList(factsOf(entry, told))], "details-facts"),
    ...metadataOf(told),
  );
  if (focused) box.querySelector(`[data-testid="${focused}"]`)?.focus();
}

/** Escape closes the details, also where nothing has the focus: a button that was pressed may be gone. */
function closeByKey(event) {
  const focused = document.activeElement;
  const here = part("details").contains(focused) || (focused === document.body && document.documentElement.dataset.tab === "models");
  if (event.key !== "Escape" || !store.opened || !here) return;
  event.preventDefault(); // elsewhere Escape interrupts the running job
  event.stopPropagation();
  closeDetails();
}

document.addEventListener("keydown", closeByKey, true);
