// The panel for a download, and how panels open and close.

const PANELS = { download: "source", merge: null };

function openPanel(name) {
  for (const other of Object.keys(PANELS)) {
    const open = other === name && part(other).hidden;
    part(other).hidden = !open;
    part(`${other}-open`).setAttribute("aria-expanded", String(open));
    if (!open) continue;
    if (other === "merge") showMerge();
    part(other).querySelector("input, select")?.focus();
    part(other).scrollIntoView({ block: "nearest" });
  }
}

function closePanel(name) {
  part(name).hidden = true;
  part(`${name}-open`).setAttribute("aria-expanded", "false");
  part(`${name}-open`).focus();
}

for (const name of Object.keys(PANELS)) {
  part(`${name}-open`).onclick = () => openPanel(name);
  part(name).addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // elsewhere Escape interrupts the running job
    event.stopPropagation();
    closePanel(name);
  });
}

part("download-kind").append(...KINDS.filter(([kind]) => props.folders?.[kind]).map(([kind, , word]) => new Option(word, kind)));

part("download").addEventListener("submit", async (event) => {
  event.preventDefault();
  const json = { source: part("source").value.trim() };
  if (part("download-kind").value) json.kind = part("download-kind").value;
  if (part("sha256").value.trim()) json.sha256 = part("sha256").value.trim();
  try {
    takeTask(await window.darkroom.ask(`${MODELS}/downloads`, { json }));
    part("download-messages").replaceChildren();
    part("source").value = part("sha256").value = "";
    closePanel("download");
  } catch (problem) {
    panelMessage(part("download-messages"), problem);
    ({ sha256: part("sha256"), kind: part("download-kind") })[problem.field]?.focus();
  }
});
