// Joins the parts: a picture comes in, its levels are asked for, and the way back starts from the one that is shown.

const levels = new Levels();
const back = new DenoiseBack(levels);
let picture = null;
let seed = 1;
let loading = null;

levels.onMove = () => back.show();

async function load() {
  loading?.abort();
  const mine = (loading = new AbortController());
  const { model = null, steps = 20, sampler, schedule } = formSettings();
  const size = await sizeFor(picture, model);
  const question = { picture: picture.id, ...size, steps, seed, model, ...(sampler && { sampler, schedule }) };
  part("wait").textContent = "Encoding the picture, and adding noise at every level";
  try {
    back.asked = question;
    await levels.load(question, mine.signal);
    part("empty").hidden = true;
    part("desk").hidden = false;
    part("forward").dataset.picture = picture.id;
  } finally {
    if (loading === mine) part("wait").textContent = "";
  }
}

async function take(bring) {
  problemIn("messages", null);
  part("wait").textContent = "Reading the picture";
  part("forward").classList.add("busy");
  try {
    picture = await bring();
    part("prompt").value = picture.prompt;
    levels.level = 0;
    await load();
  } catch (problem) {
    part("wait").textContent = "";
    if (problem.name !== "AbortError") problemIn("messages", problem);
  } finally {
    part("forward").classList.remove("busy");
  }
}

joinPictureSources(part("forward"), take);
part("noise").onclick = () => {
  seed = Math.floor(Math.random() * 2 ** 32);
  take(() => picture);
};
// Which picture could be taken at once changes with what is opened; it is looked up when this section is turned to.
new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && part("desk").hidden && offerNearest()).observe(part("forward"));
