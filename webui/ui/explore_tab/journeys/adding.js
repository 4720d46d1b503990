// More stops: empty words, the form as it is, a picture of the library or a file.

const PICTURE_OF_STOP = /\/api\/v1\/(?:images|pictures)\/([0-9a-f]{32})(?:$|[/?#])/;

/** A stop from a picture: what it was made with; one that carries nothing is a picture to start from. */
async function addPicture(id, fields) {
  const { stop, request } = await journeyApi.stopOf(id, fields);
  const thumb = `/api/v1/pictures/${id}`;
  if (!request) return plan.add({ ...stopFromForm(""), picture: stop.picture, thumb });
  plan.add({ ...stopFromForm(""), ...stop, thumb });
  offerSettings(sharedOf(request));
}

/** A stop looks as its picture does only with the settings that the picture was made with. */
function offerSettings(shared) {
  const now = plan.document().request;
  const other = ["width", "height", "steps", "sampler", "schedule", "model"].filter((name) => (shared[name] ?? null) !== (now[name] ?? null));
  if (!other.length) return;
  const words = other.map((name) => `${name.replace("_", " ")} ${shared[name] ?? "default"}`).join(", ");
  const take = () => {
    plan.request = shared;
    plan.changed();
    problemAt(part("adding-messages"), null);
  };
  panelMessage(part("adding-messages"), {
    kind: "note",
    message: `This picture was made with ${words}.`,
    hint: "All frames of a journey share their settings.",
    ways: [{ name: "Use its settings", take }],
  });
}

async function adding(work) {
  problemAt(part("adding-messages"), null);
  part("adding").classList.add("busy");
  try {
    await work();
  } catch (problem) {
    problemAt(part("adding-messages"), problem);
  } finally {
    part("adding").classList.remove("busy");
  }
}

async function addFile(file) {
  const { id, fields } = await window.darkroom.ask("/api/v1/pictures", { body: file });
  await addPicture(id, fields);
}

async function addNewest() {
  const [newest] = await window.darkroom.ask("/api/v1/images?limit=1&mine=true");
  if (!newest) throw { message: "There is no picture yet.", hint: "Make one in txt2img, or choose a file." };
  await addPicture(newest.id);
}

function joinAdding() {
  part("add-words").onclick = () => {
    plan.add({ ...stopFromForm(""), ...takenOn(plan.stops.at(-1)), prompt: "", thumb: null });
    part("stops").lastElementChild.querySelector("textarea").focus();
  };
  part("add-form").onclick = () => adding(async () => plan.add({ ...stopFromForm(), ...(await formPoint()) }));
  part("add-newest").onclick = () => adding(addNewest);
  part("file").addEventListener("change", ({ target }) => {
    const files = [...target.files];
    target.value = ""; // the same file again is news, too
    adding(async () => {
      for (const file of files) await addFile(file);
    });
  });
  joinDropping();
}

/** A new stop looks at the same noise with the same guidance as the one before. */
function takenOn(stop) {
  return stop ? { seed: stop.seed, cfg_scale: stop.cfg_scale, negative_prompt: stop.negative_prompt } : {};
}

function joinDropping() {
  const box = part("plan");
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", ({ relatedTarget }) => box.contains(relatedTarget) || box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    const [address] = event.dataTransfer.getData("text/uri-list").split("\r\n");
    const [, id] = PICTURE_OF_STOP.exec(address) ?? [];
    if (id) return adding(() => addPicture(id));
    const [file] = event.dataTransfer.files;
    if (file) adding(() => (file.type === "application/json" ? openPlan(file) : addFile(file)));
  });
}
