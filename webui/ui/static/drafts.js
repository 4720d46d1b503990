// What is typed survives a reload, a restart of the server and the browser's end: every field and the tab, in
// localStorage.
(() => {
  "use strict";
  const KEY = "darkroom.draft";
  const RESTING_MS = 250;
  let form = null; // its names, ids, defaults and sections; told when the draft has come
  const typedEarly = new Map(); // fields that were typed into before the draft was read, with what was typed
  const remember = ({ target }) => target.closest?.("#bench") && typedEarly.set(target, target.value);
  document.addEventListener("input", remember, true);

  // The draft comes from the server and would replace what was typed meanwhile.
  function keepTypedEarly() {
    document.removeEventListener("input", remember, true);
    for (const [field, value] of typedEarly) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function write(fields) {
    try {
      localStorage.setItem(KEY, JSON.stringify(fields));
    } catch {
      // Storage is full or blocked: the draft is lost on reload, nothing else.
    }
  }

  function read() {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  }

  // Words are written at once: a reload must not lose the last ones, however busy the page is.
  document.addEventListener("input", ({ target }) => {
    const field = form && target.matches?.("textarea") && target.closest("[id^=field-]");
    const name = field && form.names.find((known) => form.ids[known] === field.id);
    if (name) write({ ...read(), [name]: target.value });
  });

  // Asking for all values costs tens of milliseconds, so it waits until the hand rests.
  let timer = null;
  window.darkroom.formChanged = () => {
    clearTimeout(timer);
    timer = setTimeout(() => document.querySelector("#keep-draft")?.click(), RESTING_MS);
    return [];
  };
  for (const type of ["input", "change", "click", "keyup"]) {
    document.addEventListener(type, ({ target }) => {
      if (target.id !== "keep-draft" && target.closest?.("#bench, #field-model")) window.darkroom.formChanged();
    });
  }

  window.darkroom.readDraft = () => [read()];

  window.darkroom.keepDraft = (values) => {
    // Components report their first values before the draft is read; those must not overwrite it.
    if (!form) return [];
    const fields = Object.fromEntries(form.names.map((name, index) => [name, values[index]]));
    write({ ...fields, way: document.documentElement.dataset.way });
    window.darkroom.showChanges(form, fields);
    window.dispatchEvent(new CustomEvent("darkroom:form", { detail: fields })); // the prompt's help listens
    return [];
  };

  window.darkroom.beginDrafts = (description, values) => {
    const way = read()?.way;
    form = window.darkroom.form = description;
    if (form.ways.includes(way)) window.darkroom.showTab(way);
    keepTypedEarly();
    window.darkroom.pageReady();
    return window.darkroom.keepDraft(values);
  };
})();
