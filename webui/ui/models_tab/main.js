// Puts the tab together: what changes is shown, what happens elsewhere is heard.

const grid = new Grid();

function show() {
  const shown = store.shown();
  showFilters(shown);
  grid.show(shown);
  showDetails();
  element.firstElementChild.dataset.ready = String(store.entries !== null);
}

store.onChange(show);

function followForm({ detail: form }) {
  store.form = form;
  if (store.entries) store.changed();
}

window.addEventListener("darkroom:form", followForm);
window.addEventListener("darkroom:tab", ({ detail }) => detail === "models" && grid.soon());

/** What happened while nobody listened is asked for. */
function reload() {
  known.clear();
  store.load();
  loadTasks();
}

let reloading = null;
window.darkroom.listen((event) => {
  if (event.type === "models_changed") {
    clearTimeout(reloading);
    reloading = setTimeout(() => (known.clear(), store.load()), 200);
  } else if (event.type === "model_task") takeTask(event);
  else if (event.type === "snapshot") reload();
});

// The form may have told its values before this tab was drawn.
Object.assign(store.form, window.darkroom.readDraft()[0] ?? {});
reload();
