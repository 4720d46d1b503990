// Journeys that were made before: open one again, with its plan.

function nameOfJourney({ journey, created, status }) {
  const [first] = journey.stops;
  const last = journey.stops.at(-1);
  const words = [first, last].map(({ prompt }) => (prompt || "picture").slice(0, 28)).join(" \u2192 ");
  const state = status === "done" ? "" : ` (${STATUS_WORDS[status]})`;
  return `${window.darkroom.clock(1000 * created)} · ${words}${state}`;
}

async function listEarlier() {
  const recent = await journeyApi.recent().catch(() => []);
  const own = recent.filter((told) => !window.darkroom.isOthers(told));
  const none = make("option", { value: "", textContent: travel.id ? "Open another" : "Open one" });
  const options = own.map((told) => make("option", { value: told.id, textContent: nameOfJourney(told) }));
  part("earlier").replaceChildren(none, ...options);
  part("earlier").value = own.some(({ id }) => id === travel.id) ? travel.id : "";
  part("earlier-field").hidden = own.length === 0;
  return own;
}

/** Its stops come back with it, each with the picture that it became. */
async function openEarlier(id) {
  await travel.open(id);
  const { journey, frames } = travel.told;
  const thumbs = journey.stops.map((_, index) => frames.find(({ stop }) => stop === index)?.url ?? null);
  plan.load(journey, thumbs);
}

async function joinEarlier() {
  part("earlier").onchange = ({ target }) => target.value && openEarlier(target.value).catch((problem) => problemAt(part("messages"), problem));
  let listed = null; // "id:status" of the journey for which the list was drawn
  travel.onChange(() => {
    const now = `${travel.id}:${travel.told?.status}`;
    if (now !== listed) listEarlier();
    listed = now;
  });
  const [newest] = await listEarlier();
  if (newest && !travel.id) await travel.open(newest.id).catch(() => {});
}
