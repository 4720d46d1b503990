// Ways that a picture comes in: chosen, dropped, pasted; or dragged from another place of the page, by its address.

const KNOWN_ADDRESS = /\/api\/v1\/(?:images|pictures)\/([0-9a-f]{32})(?:$|[/?#])/;
const SLOW_MS = 500; // shorter uploads show no progress, which would only flicker

/** The id of a picture that the server has already, from what is dragged; null for anything else. */
function draggedPicture(data) {
  const [address] = data.getData("text/uri-list").split("\r\n");
  if (!URL.canParse(address) || new URL(address).origin !== location.origin) return null;
  return KNOWN_ADDRESS.exec(address)?.[1] ?? null;
}

function filesOf(data) {
  return [...(data?.files ?? [])];
}

/** Joins the ways; `take(file)` gets files and `know(id)` pictures that the server has. */
function joinSources({ take, know, wanted }) {
  const box = part("box");
  let depth = 0; // of elements that the drag is over
  const lit = (change) => {
    depth = Math.max(0, depth + change);
    box.classList.toggle("dropping", depth > 0);
  };
  box.addEventListener("dragenter", () => lit(1));
  box.addEventListener("dragleave", () => lit(-1));
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    lit(-depth);
    const [file] = filesOf(event.dataTransfer);
    const known = draggedPicture(event.dataTransfer);
    if (known) know(known);
    else if (file) take(file);
  });
  // A picture that is dropped beside the component must not replace the whole page.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!event.defaultPrevented && event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
  document.addEventListener("paste", (event) => {
    const file = filesOf(event.clipboardData).find(({ type }) => type.startsWith("image/"));
    if (!file || !wanted()) return;
    event.preventDefault();
    take(file);
  });
  part("file").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = ""; // so that the same file can be chosen again
    if (file) take(file);
  });
  const choose = () => part("file").click();
  part("choose").onclick = choose;
  part("replace").onclick = choose;
}

/** Shows how far an upload is, when it takes longer than a moment. */
async function withProgress(work) {
  const bar = part("progress");
  const timer = setTimeout(() => (bar.hidden = false), SLOW_MS);
  const tell = (share) => {
    bar.value = share;
    part("progress-words").textContent = share < 1 ? `uploading ${Math.round(100 * share)} %` : "reading the picture";
  };
  tell(0);
  try {
    return await work(tell);
  } finally {
    clearTimeout(timer);
    bar.hidden = true;
    part("progress-words").textContent = "";
  }
}
