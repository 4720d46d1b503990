// What extensions change of an open page. Colours follow at once; tabs and names that this page does not have need a
// reload: it goes on working until then, and is told of it.
(() => {
  "use strict";
  const own = () => document.querySelector("meta[name=darkroom-page]")?.content;
  let box = null;

  function hide() {
    box?.remove();
    box = null;
  }

  function button(words, name, run) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: words, onclick: run });
    made.dataset.testid = name;
    return made;
  }

  function show() {
    if (box) return;
    box = Object.assign(document.createElement("div"), { className: "page-news own" });
    box.dataset.testid = "page-news";
    box.setAttribute("role", "status");
    document.querySelector(".gradio-container")?.append(box);
    // A live region tells what comes into it, not what it came with.
    setTimeout(() => {
      const words = Object.assign(document.createElement("span"), { textContent: window.darkroom.may("house") ? "Extensions have changed this page. Reload it to see all of it." : "This page has changed. Reload it to see all of it." });
      box?.append(words, button("Reload", "page-reload", () => location.reload()), button("Later", "page-later", hide));
    });
  }

  /** Take the colours that are chosen now; the new style sheet is there before the old one goes: nothing flashes. */
  window.darkroom.renewTheme = () => {
    const old = document.querySelector("#extension-theme");
    if (!old) return;
    const fresh = old.cloneNode();
    fresh.href = `${old.href.split("?")[0]}?at=${Date.now()}`;
    fresh.onload = fresh.onerror = () => old.remove();
    old.removeAttribute("id");
    old.after(fresh);
  };

  window.addEventListener("darkroom:ready", () => {
    window.darkroom.listen((event) => {
      if (event.type === "extensions_changed") window.darkroom.renewTheme();
      if (event.type === "page_changed") event.page === own() ? hide() : show();
    });
  });
})();
