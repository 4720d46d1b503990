// What the chosen model cannot do is not shown: fields by what the form says they need, and the tabs that start from a
// picture. Rules of a style sheet, as an accordion draws its fields when it is opened for the first time.
(() => {
  "use strict";
  const TABS = { img2img: "img2img", inpaint: "inpaint" }; // the tab, and the ability that it needs
  const rules = document.head.appendChild(document.createElement("style"));
  let models = new Map(); // {able, standards} by name: what each can do, and what people start with
  let chosen = null;

  /** Fields of the form that the chosen model does not listen to. */
  window.darkroom.unheeded = new Set();

  function show() {
    const { form } = window.darkroom;
    const able = models.get(chosen)?.able;
    if (!form || !able) return;
    const lacking = Object.keys(form.needs).filter((field) => !able.has(form.needs[field]));
    const sections = Object.keys(form.sections).filter((name) => form.sections[name].every((field) => lacking.includes(field)));
    const tabs = Object.keys(TABS).filter((tab) => !able.has(TABS[tab]));
    window.darkroom.unheeded = new Set(lacking);
    const hidden = [...lacking.map((field) => `#${form.ids[field]}`), ...sections.map((name) => `#section-${name}`), ...tabs.map((tab) => `#tab-${tab}-button`)];
    rules.textContent = hidden.length ? `${hidden.join(", ")} { display: none !important; }` : "";
    if (tabs.includes(document.documentElement.dataset.tab)) window.darkroom.showTab("txt2img");
  }

  async function load() {
    const entries = await window.darkroom.ask("/api/v1/models").catch(() => []);
    const usable = entries.filter(({ problem }) => !problem);
    models = new Map(usable.map(({ name, abilities, defaults }) => [name, { able: new Set(abilities), standards: defaults }]));
    show();
    window.darkroom.formChanged();
  }

  /** Whether a model, or else the chosen one, has a tab; one that is not known says so itself when it is used. */
  window.darkroom.hasTab = (tab, model = chosen) => !(tab in TABS) || (models.get(model)?.able.has(TABS[tab]) ?? true);

  /** The defaults of the form's fields, with those of a model where it has its own. */
  window.darkroom.standards = (form, model) => ({ ...form.defaults, ...models.get(model)?.standards });

  window.addEventListener("darkroom:form", ({ detail: form }) => {
    if (form.model === chosen) return;
    chosen = form.model;
    show();
  });
  if (!window.darkroom.may("making")) return; // there is no form
  window.darkroom.listen((event) => {
    if (["snapshot", "models_changed"].includes(event.type)) load();
  });
})();
