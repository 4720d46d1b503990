// What would be installed, shown before anything is: files, packages, permissions, hooks.

let offer = null;

function offerTitle({ replaces }) {
  if (!replaces) return "Would be installed";
  return replaces.same_source ? `Would take the place of version ${replaces.version}` : `Would take the place of version ${replaces.version}, which came from elsewhere`;
}

function showOffer(told) {
  offer = told;
  const box = part("offer");
  box.hidden = !told;
  if (!told) return box.replaceChildren();
  const install = button(told.replaces ? "Install in its place" : "Install", "offer-install", () => installOffer(install), "quiet strong");
  install.disabled = Boolean(told.problem);
  box.replaceChildren(
    make("header", {}, [
      paragraph(offerTitle(told), "offer-lead"),
      make("h3", { textContent: told.title || told.name }),
      paragraph(aboutInWords(told), "card-about"),
      paragraph(told.description ?? "", "card-described"),
    ]),
    make("div", { className: "offer-facts" }, [...permissionsGroup(told.permissions), ...hooksGroup(told), ...requirementsGroup(told), ...originGroup(told)]),
    filesFold(told),
    ...(told.warning ? [paragraph(told.warning, "fact-warning")] : []),
    ...(told.problem ? [make("p", { className: "fact-warning", textContent: told.problem, attributes: { "data-testid": "offer-problem" } })] : []),
    make("div", { className: "panel-buttons" }, [button("Leave it", "offer-leave", leaveOffer), install]),
  );
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
}

function leaveOffer() {
  if (offer?.id) window.darkroom.ask(`${EXTENSIONS}/offers/${offer.id}`, { method: "DELETE" }).catch(() => {});
  showOffer(null);
  part("source").focus();
}

async function installOffer(install) {
  install.disabled = true;
  try {
    takeTask(await window.darkroom.ask(`${EXTENSIONS}/install`, { json: { offer: offer.id, replace: Boolean(offer.replaces) } }));
    showOffer(null);
    part("source").value = "";
    tell(null);
  } catch (problem) {
    install.disabled = false;
    tell(problem);
  }
}

/** Look at what a source holds: `json` names it, `body` is a zip file. */
async function lookAt(words, address, sent) {
  showOffer(null);
  tell(null);
  part("look").disabled = part("zip").disabled = true;
  part("install").setAttribute("aria-busy", "true");
  part("look").textContent = "Looking ...";
  say(`Looking at ${words} ...`);
  try {
    showOffer(await window.darkroom.ask(address, sent));
    say("");
  } catch (problem) {
    say("");
    tell(problem);
  } finally {
    part("look").disabled = part("zip").disabled = false;
    part("look").textContent = "Look at it";
    part("install").removeAttribute("aria-busy");
  }
}

const lookAtSource = (source) => lookAt(source, `${EXTENSIONS}/offers`, { json: { source } });

function lookAtZip(file) {
  if (!/\.zip$/i.test(file.name)) return tell({ message: `${file.name} is not a zip file.`, hint: "An extension comes as a zip of its folder, with extension.toml in it." });
  return lookAt(file.name, `${EXTENSIONS}/offers?name=${encodeURIComponent(file.name)}`, { body: new File([file], file.name, { type: "application/zip" }) });
}

part("install").addEventListener("submit", (event) => {
  event.preventDefault();
  const source = part("source").value.trim();
  if (source) lookAtSource(source);
  else part("source").focus();
});
part("zip").onclick = () => part("zip-file").click();
part("zip-file").onchange = ({ target }) => {
  if (target.files[0]) lookAtZip(target.files[0]);
  target.value = ""; // the same file again is news, too
};
part("offer").addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault(); // elsewhere Escape interrupts the running job
  event.stopPropagation();
  leaveOffer();
});
element.addEventListener("dragover", (event) => event.preventDefault());
element.addEventListener("drop", (event) => {
  event.preventDefault();
  const file = event.dataTransfer?.files?.[0];
  if (file && store.allowed) lookAtZip(file);
});
