// Joins the parts of the panel: a picture in the middle, its neighbours around it, the path that was walked.

const neighbourhood = new Neighbourhood();
const grid = new SeedGrid(part("grid"), step);
const path = new SeedPath(part("path"), () => showHere());
let sides = 3;
let asking = null;

function say(text, alive = false) {
  part("status").textContent = text;
  part("status").classList.toggle("alive", alive);
}

function spread() {
  return part("spread").valueAsNumber;
}

function showSpread() {
  const range = part("spread");
  part("spread-label").textContent = spread().toFixed(2);
  range.style.setProperty("--done", `${(100 * (spread() - range.min)) / (range.max - range.min)}%`);
}

function showFacts({ request, round }) {
  part("path-part").hidden = part("centre-part").hidden = false;
  part("caption").textContent = request.prompt || "no prompt";
  const turns = request.noise_turns?.length ?? 0;
  const walked = turns === 0 ? "its own noise" : `noise turned ${turns === 1 ? "once" : `${turns} times`}`;
  part("facts").textContent = [baseInWords(request), walked, round ? `set ${round + 1}` : ""].filter(Boolean).join(" · ");
}

/** Show the place where the walk is: its picture first, then the neighbours as they come. */
async function showHere() {
  const { request, round } = path.here;
  asking?.abort();
  const mine = (asking = new AbortController());
  part("empty").hidden = true;
  part("grid").hidden = false;
  problemAt(part("messages"), null);
  showFacts(path.here);
  const show = (made, picture) => {
    if (mine.signal.aborted) return;
    grid.show(made, picture, lost);
    if (made === request) path.picture(request, picture.url);
  };
  grid.expect(request, []);
  say("making the neighbours", true);
  try {
    const known = neighbourhood.pictureOf(request);
    if (known) show(request, known);
    const around = await explore.neighbours({ request, spread: spread(), count: sides * sides - 1, round }, mine.signal);
    grid.expect(request, around);
    await neighbourhood.make([request, ...around], show, mine.signal);
    say("");
  } catch (problem) {
    if (mine.signal.aborted) return;
    say("");
    problemAt(part("messages"), problem);
  }
}

/** A picture that the server forgot is made again. */
function lost(request) {
  neighbourhood.forget(request);
  showHere();
}

function step(request) {
  const focused = part("grid").contains(document.activeElement);
  path.add({ request, round: 0, url: neighbourhood.pictureOf(request)?.url });
  showHere();
  if (focused) grid.centre.button.focus();
}

async function begin(source) {
  problemAt(part("messages"), null);
  try {
    path.begin([{ request: await source(), round: 0, url: null }]);
  } catch (problem) {
    return problemAt(part("messages"), problem);
  }
  return showHere();
}

// Ways from here

/** Make the picture for the library, as a job; with what came of it. */
async function madeHere() {
  problemAt(part("messages"), null);
  say("making the picture", true);
  try {
    const made = await window.darkroom.makePicture(path.here.request, { onNews: (words) => say(words, true) });
    say("");
    return made;
  } catch (problem) {
    say("");
    problemAt(part("messages"), problem);
    return null;
  }
}

async function toImg2img() {
  const { request } = path.here;
  const made = await madeHere();
  if (made) sendToImg2img({ id: made.image, width: request.width, height: request.height }, request);
}

async function toScrubber() {
  const made = await madeHere();
  if (made?.trajectory) sendToScrubber(made);
  else if (made) problemAt(part("messages"), { message: "Its steps were not recorded.", hint: "Recording is switched off in Settings." });
}

function takeSides(chosen) {
  sides = chosen;
  for (const button of part("sides").children) button.setAttribute("aria-pressed", String(Number(button.value) === sides));
  grid.lay(sides);
  if (path.here) showHere();
}

part("begin").onclick = part("from-form").onclick = () => begin(fromForm);
part("from-newest").onclick = () => begin(fromNewest);
part("file").onchange = ({ target }) => {
  const [file] = target.files;
  target.value = ""; // the same file again is news, too
  if (file) begin(() => fromFile(file));
};
part("spread").oninput = showSpread;
part("spread").onchange = () => path.here && showHere();
part("sides").onclick = ({ target }) => target.value && takeSides(Number(target.value));
part("others").onclick = () => {
  if (!path.here) return;
  path.here.round += 1;
  showHere();
};
part("to-txt2img").onclick = () => sendToTxt2img(path.here.request);
part("to-img2img").onclick = toImg2img;
part("to-scrubber").onclick = toScrubber;
part("to-journey").onclick = () => {
  window.darkroom.addStop(path.here.request, path.here.url);
  say("added to the journey");
};

takeSides(sides);
part("grid").hidden = true;
showSpread();
part("panel").dataset.ready = "true";
