// Which tab is shown: `data-tab` of the root, for styles; an event `darkroom:tab`, for scripts; and before a request is
// sent, what must be done first.
(() => {
  "use strict";
  const root = document.documentElement;
  const MAKING = ["txt2img", "img2img", "inpaint"];
  const NAMES = { pnginfo: "PNG Info", scrubber: "Step scrubber", explore: "Explore", models: "Models", extensions: "Extensions", share: "Share", settings: "Settings" }; // where a tab is not called by its id
  root.dataset.tab = MAKING[0];
  root.dataset.way = MAKING[0];

  /** Functions that bring something to the server that a request refers to; each returns a promise. */
  window.darkroom.beforeSubmit = [];

  window.darkroom.tabShown = (tab) => {
    if (root.dataset.tab === tab) return [];
    root.dataset.tab = tab;
    if (MAKING.includes(tab)) root.dataset.way = tab; // what Ctrl+Enter sends from other tabs, too
    window.dispatchEvent(new CustomEvent("darkroom:tab", { detail: tab }));
    window.darkroom.formChanged();
    return [];
  };

  /** Turn to a tab. On a narrow page some are in a menu; Gradio keeps a hidden button of each for its measuring. */
  window.darkroom.showTab = (tab) => {
    const name = NAMES[tab] ?? tab;
    const buttons = [...document.querySelectorAll("#tabs > .tab-wrapper button")].filter((one) => one.textContent.trim() === name);
    const button = buttons.find((one) => one.getAttribute("role") === "tab") ?? buttons.at(-1); // the one in the menu
    if (!button) return;
    button.click();
    window.darkroom.tabShown(tab);
    window.scrollTo({ top: 0 });
  };

  /** The tab to send, once all is at the server; an empty word when something could not be brought there. */
  window.darkroom.readyToSubmit = async () => {
    try {
      for (const ready of window.darkroom.beforeSubmit) await ready();
    } catch (problem) {
      window.darkroom.tell("request-problem", { message: problem.message, hint: problem.hint });
      return "";
    }
    return root.dataset.way;
  };
})();
