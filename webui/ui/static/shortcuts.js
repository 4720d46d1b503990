// Keys that work anywhere on the page. The list that the user sees is in the status bar's help.
(() => {
  "use strict";

  const press = (selector) => {
    const button = document.querySelector(selector);
    if (!button || button.disabled || button.hidden) return false;
    button.click();
    return true;
  };

  function typing(target) {
    return target instanceof Element && target.closest("input:not([type=range]), textarea, [contenteditable=true]");
  }

  function generate(event) {
    if (!window.darkroom.may("making")) return;
    event.preventDefault();
    // A number that is still being typed is taken over (and put within its limits) when its field loses the focus.
    const field = document.activeElement;
    if (field instanceof HTMLInputElement) {
      field.blur();
      field.focus({ preventScroll: true });
    }
    // From a tab without the bench: turn to the one that is sent, so that what happens can be seen.
    if (!document.querySelector("#generate")?.checkVisibility())
      window.darkroom.showTab(document.documentElement.dataset.way);
    setTimeout(() => press("#generate"), 0);
  }

  function onKey(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const dialog = document.querySelector("dialog[open]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) generate(event);
    else if (dialog) return; // the browser closes it with Escape
    else if (event.key === "Enter" && event.altKey) {
      if (press("[data-testid=skip]")) event.preventDefault();
    } else if (event.key === "Escape") {
      // In an open list Escape closes the list.
      const listOpen = event.target instanceof Element && event.target.getAttribute("aria-expanded") === "true";
      if (!listOpen && press("[data-testid=interrupt]")) event.preventDefault();
    } else if (event.key === "?" && !typing(event.target)) {
      if (press("[data-testid=help]")) event.preventDefault();
    }
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener(
    "click",
    (event) => {
      // The job view then follows the new job, whatever was being looked at.
      if (event.target instanceof Element && event.target.closest("#generate"))
        window.dispatchEvent(new Event("darkroom:generate"));
    },
    true,
  );

  const apple = /Mac|iPhone|iPad/.test(navigator.platform);
  document.documentElement.dataset.keys = apple ? "apple" : "other";
})();
