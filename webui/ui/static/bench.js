// What the bench needs beside Gradio: names for the small tools, and folded settings on a phone.
(() => {
  "use strict";

  // A tool's text is its name, hidden behind the icon; as a title it can be read by everyone.
  document.addEventListener("pointerover", (event) => {
    const tool = event.target instanceof Element ? event.target.closest("button.tool") : null;
    if (tool && !tool.title) tool.title = tool.textContent.trim();
  });

  window.addEventListener("darkroom:ready", () => {
    const narrow = window.matchMedia("(max-width: 719px)").matches;
    if (narrow) document.querySelector("#section-settings > .label-wrap.open")?.click();
  });
})();
