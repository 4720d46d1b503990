// The way from any script of the page to the form: Gradio lets only a component's own script send an event.

const waiting = new Set();

/** Fill the form; see form_filler.py for what can be told. Resolves when the components have their new values. */
window.darkroom.fill = (told) => {
  const startable = told.picture ? startingFrom(told) : told;
  if (!startable) return Promise.resolve();
  const done = new Promise((resolve) => waiting.add(resolve));
  trigger("fill", startable);
  return done;
};

/** A picture to start from goes to a model that can: the one that made it, else the chosen one; null where none can. */
function startingFrom(told) {
  const { tab, fields = {} } = told;
  if (window.darkroom.hasTab(tab, fields.model)) return told;
  if (window.darkroom.hasTab(tab)) return { ...told, fields: Object.fromEntries(Object.entries(fields).filter(([name]) => name !== "model")) };
  window.darkroom.showTab("txt2img");
  window.darkroom.tell("request-problem", { message: `The chosen model has no ${tab}.`, hint: "Choose another model, then send the picture again." });
  return null;
}

window.darkroom.filled = (way) => {
  if (way) window.darkroom.showTab(way);
  window.darkroom.formChanged();
  waiting.forEach((resolve) => resolve());
  waiting.clear();
  return [];
};

// Models that come and go: the lists of them follow, and what is chosen stays while it is there.
window.darkroom.listen((event) => {
  if (event.type === "models_changed") window.darkroom.fill({ form: { model: window.darkroom.readDraft()[0]?.model ?? null } });
});
