// What is typed survives a reload, a restart of the server and the browser's end: every field, in localStorage.
(() => {
  "use strict";
  const KEY = "darkroom.draft";
  let begun = false;
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

  function named(names, values) {
    return Object.fromEntries(names.map((name, index) => [name, values[index]]));
  }

  function showChanges(fields, defaults) {
    // Sides follow the model and the seed is meant to change: neither counts as a changed setting.
    const counted = Object.keys(defaults).filter((name) => !["width", "height", "seed"].includes(name));
    const changed = counted.filter((name) => fields[name] !== defaults[name]);
    const heading = document.querySelector("#settings > .label-wrap > span");
    if (heading) heading.dataset.changed = changed.length ? `${changed.length} changed` : "";
    for (const name of counted) {
      document.getElementById(`field-${name}`)?.classList.toggle("changed", changed.includes(name));
    }
  }

  function write(fields) {
    try {
      localStorage.setItem(KEY, JSON.stringify(fields));
    } catch {
      // Storage is full or blocked: the draft is lost on reload, nothing else.
    }
  }

  window.darkroom.readDraft = () => {
    try {
      return [JSON.parse(localStorage.getItem(KEY))];
    } catch {
      return [null];
    }
  };

  window.darkroom.keepDraft = (names, values, defaults) => {
    // Components report their first values before the draft is read; those must not overwrite it.
    if (!begun) return [];
    const fields = named(names, values);
    write(fields);
    showChanges(fields, defaults);
    return [];
  };

  window.darkroom.beginDrafts = (names, values, defaults) => {
    begun = true;
    keepTypedEarly();
    document.documentElement.dataset.ready = "true";
    window.dispatchEvent(new Event("darkroom:ready"));
    return window.darkroom.keepDraft(names, values, defaults);
  };
})();
