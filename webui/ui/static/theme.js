// Dark, light or as the system has it: decided before anything is drawn, remembered in this browser.
(() => {
  "use strict";
  const KEY = "darkroom.theme";
  const system = window.matchMedia("(prefers-color-scheme: light)");
  const CHOICES = ["system", "dark", "light"];

  function chosen() {
    try {
      const kept = localStorage.getItem(KEY);
      return CHOICES.includes(kept) ? kept : "system";
    } catch {
      return "system"; // storage is blocked: the page works without
    }
  }

  function shown() {
    const choice = chosen();
    if (choice !== "system") return choice;
    return system.matches ? "light" : "dark";
  }

  function apply() {
    const theme = shown();
    document.documentElement.dataset.theme = theme;
    document.documentElement.style.colorScheme = theme;
    // Gradio sets this class by the system alone, also after us; some of its own rules hang on it.
    document.body?.classList.toggle("dark", theme === "dark");
  }

  function choose(choice) {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // Not remembered, but applied below for this visit.
    }
    apply();
  }

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", (event) => event.key === KEY && apply());
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(() => {
      if (document.body.classList.contains("dark") !== (shown() === "dark")) apply();
    }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  });
  window.darkroom.theme = { choices: CHOICES, chosen, choose };
})();
