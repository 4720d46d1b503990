// Joins the parts of the panel: a picture comes in, its latents are shown, and each edit asks for the result anew.

const list = new EditList();
const inspection = new Inspection(list);
const view = new View(inspection);
const cards = new ChannelCards(inspection, view);
const brush = new LatentBrush(list, inspection);
const rows = new EditRows(list, inspection, view, brush);
new Distances(inspection);
joinSending(inspection);

function showFacts() {
  const { told, origin, after } = inspection;
  const { rms, cosine } = after.told.moved;
  const from = origin === "recording" ? `as the walk of ${told.model} left them` : `encoded by ${told.model}`;
  part("facts").textContent = `${told.width} × ${told.height} pixels, ${from}`;
  part("moved").textContent = rms > 0 ? `moved by ${rms.toFixed(3)} a value, cosine ${cosine.toFixed(3)}` : "no edits: as it is";
  part("shape").textContent = `${told.channels.length} of ${told.latent_width} × ${told.latent_height}, ${told.latent_scale} pixels each`;
}

/** Whatever takes a moment is told; what went wrong is told where it happened. */
async function working(words, task) {
  problemAt(part("messages"), null);
  part("wait").textContent = words;
  part("panel").classList.add("busy");
  try {
    await task();
  } catch (problem) {
    problemAt(part("messages"), problem);
  } finally {
    part("wait").textContent = "";
    part("panel").classList.remove("busy");
  }
}

function take(bring) {
  return working("Reading the picture, and encoding it", async () => {
    await inspection.open(await bring());
    part("empty").hidden = true;
    part("desk").hidden = false;
    part("panel").dataset.picture = inspection.picture.id;
  });
}

inspection.on("after", () => {
  problemAt(part("edit-messages"), null);
  showFacts();
});
inspection.on("busy", (busy) => {
  part("status").textContent = busy ? "decoding" : "";
  part("status").classList.toggle("alive", busy);
});
inspection.on("problem", (problem) => problemAt(part("edit-messages"), problem));

for (const button of part("origins").children) {
  button.onclick = () => working("Taking the latents", () => inspection.from(button.dataset.origin));
}
part("panel").addEventListener("keydown", (event) => {
  const typing = event.target.matches("input[type=number], textarea");
  if (event.key === "Escape" && brush.edit !== null) brush.take(null);
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || typing) return;
  event.preventDefault();
  if (event.shiftKey) list.redo();
  else list.undo();
});

joinPictureSources(part("panel"), take);
part("take-newest").onclick = () => part("take").onclick();
/** Which picture could be taken at once changes with what is made; it is looked up when the panel is turned to. */
async function offer() {
  await offerNearest();
  part("take-newest").hidden = part("take").hidden;
  part("take-newest").textContent = part("take").textContent;
}
window.addEventListener("darkroom:explore", ({ detail }) => detail === "latents" && offer());
offer();
part("panel").dataset.ready = "true";
