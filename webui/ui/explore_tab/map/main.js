// Joins the parts: the plane and the list change the map, the point becomes a picture, the landscape follows.

const MAKES_AFTER_MS = 350; // what is moved has rested so long

const tell = (problem) => problemAt(part("messages"), problem);
const store = new MapStore(props.prompts ?? []);
const plane = new Plane();
const facts = new VectorFacts(store, tell);
const picture = new PointPicture((request) => facts.show(request), tell);
const point = new Point(store, showPoint, tell);
const dots = new Dots(store, plane, movePoint);
const list = new IdeaList(store, (weights) => point.weigh(weights).then(makeSoon));
const landscape = new Landscape(store, plane, () => point.place, tell);
let resting = null;

async function movePoint(place, ended) {
  dots.showPoint(place);
  clearTimeout(resting);
  if (!(await point.moveTo(place))) return;
  if (ended) picture.show(point.now.request);
  else makeSoon(); // where a drag rests, too
}

function makeSoon() {
  clearTimeout(resting);
  resting = setTimeout(() => point.now && picture.show(point.now.request), MAKES_AFTER_MS);
}

function showPoint({ weights, inside }) {
  const { place } = point;
  tell(null);
  dots.showPoint(place);
  plane.drawLines(store.ideas, place, weights);
  if (place) list.showWeights(weights); // those set by hand stand there already
  const where = place ? `${placeInWords(place)}: ` : "weights set by hand: ";
  part("place").textContent = where + (inside ? "between the ideas, interpolation" : "beyond the ideas, extrapolation");
  part("place").dataset.inside = inside;
}

function showSettings() {
  for (const [name, chosen] of [["weighing", store.weighing], ["way", store.way]]) {
    for (const choice of part(name).children) choice.setAttribute("aria-pressed", String(choice.value === chosen));
  }
  part("settings").textContent = `${baseInWords(store.base)}, as in the making tabs`;
}

store.onChange((what, removed = null) => {
  if (what === "ideas") {
    dots.showIdeas();
    list.show();
    if (point.weights) {
      const kept = point.weights.filter((_, index) => index !== removed);
      point.weights = store.ideas.map((_, index) => kept[index] ?? 0);
      list.showWeights(point.weights);
    }
  }
  if (what === "places") dots.showPlaces();
  plane.drawLines(store.ideas, point.place, point.now?.weights);
  showSettings();
  if (point.isSet) point.ask().then((newest) => newest && makeSoon());
});

for (const name of ["weighing", "way"]) {
  for (const choice of part(name).children) choice.onclick = () => store.choose(name, choice.value);
}

async function placeByMeaning({ quietly = false } = {}) {
  part("project").disabled = true;
  try {
    const { model = null, clip_skip = 1 } = store.base;
    const { places } = await explore.ideas({ prompts: store.ideas.map(({ prompt }) => prompt), projection: part("projection").value, model, clip_skip });
    if (!quietly || !point.isSet) store.place(places.map((place) => place.map((value) => Math.round(value * 1000) / 1000)));
  } catch (problem) {
    if (!quietly) tell(problem);
  } finally {
    part("project").disabled = false;
    part("plane").dataset.projected = "true";
  }
}

/** Another seed for all points; the form keeps a seed of its own, or none. */
function changeNoise() {
  const seed = drawSeed();
  if (window.darkroom.readDraft()[0]?.seed >= 0) window.darkroom.fill({ form: { seed } });
  else store.takeBase();
}

part("dice").onclick = changeNoise;
part("project").onclick = () => placeByMeaning();
part("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const prompt = part("added").value.trim();
  if (!prompt || store.ideas.length >= MOST_IDEAS) return;
  part("added").value = "";
  store.add(prompt);
});
joinPictureIdea(store, tell);
part("save").onclick = () => saveMap(store);
part("open").onclick = () => part("file").click();
part("file").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  target.value = ""; // the same file again is news, too
  if (file) openMap(store, file).then(() => tell(null), tell);
});
window.addEventListener("darkroom:form", () => store.takeBase());

for (const choice of [...part("projection").options]) if (!props.projections?.includes(choice.value)) choice.remove();
part("projection").parentElement.hidden = part("projection").options.length < 2; // nothing to choose from

dots.showIdeas();
list.show();
list.showWeights(store.ideas.map(() => 0));
plane.drawLines(store.ideas, null, null);
showSettings();
part("panel").dataset.ready = "true";

// On a first visit the places come from the projection, unless somebody was quicker.
if (store.isFirst) placeByMeaning({ quietly: true });
