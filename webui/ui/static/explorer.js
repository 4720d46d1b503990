// The way from anywhere on the page to a panel of the Explore tab, which is drawn when the tab is first opened.
(() => {
  "use strict";
  const KEPT_PANEL = "darkroom.explore";

  /** The panel that was open last; null where there was none, or storage is blocked. */
  window.darkroom.keptExplorer = () => {
    try {
      return localStorage.getItem(KEPT_PANEL);
    } catch {
      return null;
    }
  };

  window.darkroom.keepExplorer = (name) => {
    try {
      localStorage.setItem(KEPT_PANEL, name);
    } catch {
      // Storage is blocked: the first panel is shown after a reload.
    }
  };

  /** Turn to a panel; a tab that was never drawn finds it kept. */
  window.darkroom.showExplorer = (name) => {
    window.darkroom.keepExplorer(name);
    window.darkroom.showTab("explore");
    window.dispatchEvent(new CustomEvent("darkroom:show-explorer", { detail: name }));
  };
})();
