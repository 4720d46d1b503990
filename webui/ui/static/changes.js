// What differs from the defaults: a number beside each accordion's name, a dot and a small reset beside each field.
(() => {
  "use strict";
  let shown = null; // {form, fields} of the last time

  function same(value, standard) {
    return JSON.stringify(value ?? null) === JSON.stringify(standard ?? null);
  }

  function resetButton(field, back) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "field-reset icon-rotate-ccw" });
    button.title = back;
    button.setAttribute("aria-label", button.title);
    button.addEventListener("click", (event) => {
      event.preventDefault(); // it stands in the field's label
      event.stopPropagation();
      window.darkroom.fill({ form: { [field]: window.darkroom.standards(shown.form, shown.fields.model)[field] } });
    });
    return button;
  }

  function markField(form, field, changed, standard) {
    const block = document.getElementById(form.ids[field]);
    if (!block) return; // in an accordion that was not opened yet
    block.classList.toggle("changed", changed);
    const label = block.querySelector('[data-testid="block-info"], .checkbox-container .label-text, label > span');
    const there = block.querySelector(".field-reset");
    const back = `Back to ${words(standard)}`;
    if (there?.title === back && changed) return;
    there?.remove();
    if (changed) label?.append(resetButton(field, back));
  }

  function words(standard) {
    if (standard === "" || standard === null) return "the default";
    if (typeof standard === "boolean") return standard ? "on" : "off";
    return String(standard);
  }

  /** What the chosen sampler does not listen to is not shown. */
  function showTaken(form, fields) {
    const taken = form.takes[fields.sampler] ?? form.listened;
    for (const name of form.listened)
      document.getElementById(form.ids[name])?.classList.toggle("not-taken", !taken.includes(name));
  }

  function show() {
    if (!shown) return;
    const { form, fields } = shown;
    const standards = window.darkroom.standards(form, fields.model);
    showTaken(form, fields);
    for (const [section, names] of Object.entries(form.sections)) {
      const changed = names.filter((name) => !window.darkroom.unheeded.has(name) && !same(fields[name], standards[name]));
      const heading = document.querySelector(`#section-${section} > .label-wrap > span`);
      const count = changed.reduce((sum, name) => sum + (Array.isArray(fields[name]) ? fields[name].length : 1), 0); // of a list, its values
      if (heading) heading.dataset.changed = count || "";
      for (const name of names) markField(form, name, changed.includes(name), standards[name]);
    }
  }

  window.darkroom.showChanges = (form, fields) => {
    shown = { form, fields };
    show();
  };

  // An accordion draws its fields when it is opened for the first time.
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".section > .label-wrap")) setTimeout(show, 50);
  });

  /** Open the accordion of a field, so that it can be seen. */
  window.darkroom.openSectionOf = (field) => {
    const sections = Object.entries(shown?.form.sections ?? {});
    const [section] = sections.find(([, names]) => names.includes(field)) ?? [];
    document.querySelector(`#section-${section} > .label-wrap:not(.open)`)?.click();
  };
})();
