// Where the picture comes from: chosen, dropped, pasted, dragged from the page, or the one that lies open.

const PICTURE_ADDRESS = /\/api\/v1\/(?:images|pictures)\/([0-9a-f]{32})(?:$|[/?#])/;

/** Uploads a file; returns {id, width, height, prompt, recording}, the last one null where it was not recorded here. */
async function uploaded(file) {
  const { id, width, height, fields, recording } = await window.darkroom.ask("/api/v1/pictures", { body: file });
  return { id, width, height, prompt: fields?.prompt ?? "", recording };
}

/** A picture that the server has. */
async function known(id, prompt = "") {
  const bitmap = await createImageBitmap(await fetchPicture(`/api/v1/pictures/${id}`));
  const { width, height } = bitmap;
  bitmap.close();
  return { id, width, height, prompt };
}

/** What could be taken without a file: the open recording's picture, else the newest one; null if there is none. */
async function nearestPicture() {
  const open = window.darkroom.pictureOnDesk?.();
  if (open?.id) return { ...open, name: "Take the open picture" };
  const [newest] = await window.darkroom.ask("/api/v1/images?limit=1&mine=true").catch(() => []);
  return newest ? { id: newest.id, prompt: promptOf(newest.infotext), name: "Take the newest picture" } : null;
}

/** The prompt of an infotext: what stands before the negative prompt and the settings. */
function promptOf(infotext = "") {
  const lines = infotext.split("\n");
  const end = lines.findIndex((line) => /^(Negative prompt|Steps): /.test(line));
  return lines.slice(0, end < 0 ? lines.length : end).join("\n");
}

function draggedId(data) {
  const [address] = data.getData("text/uri-list").split("\r\n");
  if (!URL.canParse(address) || new URL(address).origin !== location.origin) return null;
  return PICTURE_ADDRESS.exec(address)?.[1] ?? null;
}

/** Joins every way that a picture comes in to a box with parts file, another and take; `take` gets what brings one. */
function joinPictureSources(box, take) {
  const takeFile = (file) => file && take(() => uploaded(file));
  for (const name of ["file", "another"]) {
    part(name).addEventListener("change", ({ target }) => {
      takeFile(target.files[0]);
      target.value = ""; // the same file again is news, too
    });
  }
  part("take").onclick = async () => {
    const nearest = await nearestPicture();
    if (nearest) take(() => known(nearest.id, nearest.prompt));
  };
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation(); // the tab around takes recordings
    box.classList.remove("over");
    const id = draggedId(event.dataTransfer);
    if (id) take(() => known(id));
    else takeFile(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!file || !box.checkVisibility()) return;
    event.preventDefault();
    takeFile(file);
  });
}

/** Shows the button for the nearest picture, if there is one. */
async function offerNearest() {
  const nearest = await nearestPicture();
  part("take").hidden = !nearest;
  if (nearest) part("take").textContent = nearest.name;
}
