// The map as a file, the one that `python -m webui explore map` reads; and back. A file's settings go into the form,
// as the settings of all points are the form's.

const FORM_RESTS_MS = 2000; // at the latest the form has told its values by then

function saveMap(store) {
  const file = new Blob([`${JSON.stringify(store.document, null, 2)}\n`], { type: "application/json" });
  const link = make("a", { href: URL.createObjectURL(file), download: "map.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** The map of a file. Throws a problem with a sentence. */
async function readMap(file) {
  let told = null;
  try {
    told = JSON.parse(await file.text());
  } catch {
    // not JSON: said below
  }
  if (!Array.isArray(told?.ideas)) throw Object.assign(new Error(`${file.name} is no map.`), { hint: "A map is a JSON file with a list of ideas, as this panel saves it." });
  await explore.weights(told, { at: [[0, 0]] }); // the server says what is wrong with it
  return told;
}

/** Puts the settings of a map into the form, and waits until the form has told that it has them. */
async function fillForm(request) {
  const told = new Promise((resolve) => {
    window.addEventListener("darkroom:form", resolve, { once: true });
    setTimeout(resolve, FORM_RESTS_MS);
  });
  await window.darkroom.fill({ fields: request });
  await told;
}

async function openMap(store, file) {
  const told = await readMap(file);
  if (told.request) await fillForm(told.request);
  store.take(told);
  store.base = baseRequest();
  store.changed("ideas");
}
