// The way from any script of the page to the form: Gradio lets only a component's own script send an event.

const waiting = new Set();

/** Fill the form; see form_filler.py for what can be told. Resolves when the components have their new values. */
window.darkroom.fill = (told) => {
  const done = new Promise((resolve) => waiting.add(resolve));
  trigger("fill", told);
  return done;
};

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
