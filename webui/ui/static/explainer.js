// What a '?' opens: a few plain sentences beside it, from `window.darkroom.explanations`. One is open at a time;
// Escape, a click elsewhere or the same button closes it. Any markup may hold `<button class="why" data-explain="key">`.
(() => {
  "use strict";

  const GAP = 8; // between the button and the words, and to the window's edges
  let box = null;
  let opener = null; // the button whose words are shown

  function made() {
    if (box?.isConnected) return box;
    box = document.createElement("div");
    box.className = "explanation";
    box.dataset.testid = "explanation";
    box.hidden = true;
    // The focus stays on the button, so that the keyboard goes on from there; a screen reader hears the words.
    box.setAttribute("role", "status");
    (document.querySelector(".gradio-container") ?? document.body).append(box);
    return box;
  }

  function paragraph(className, textContent) {
    return Object.assign(document.createElement("p"), { className, textContent });
  }

  function place() {
    const at = opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const left = Math.max(GAP, Math.min(at.left - 2 * GAP, innerWidth - width - GAP));
    const below = at.bottom + GAP;
    const top = below + height + GAP > innerHeight ? Math.max(GAP, at.top - GAP - height) : below;
    Object.assign(box.style, { left: `${left}px`, top: `${top}px` });
  }

  function close() {
    if (!opener) return;
    opener.setAttribute("aria-expanded", "false");
    opener = null;
    box.hidden = true;
    box.replaceChildren();
  }

  function open(button) {
    const told = window.darkroom.explanations[button.dataset.explain];
    if (!told) return;
    close();
    opener = button;
    button.setAttribute("aria-expanded", "true");
    made().hidden = false;
    box.replaceChildren(
      paragraph("explanation-title", told.title),
      ...told.words.map((words) => paragraph("explanation-words", words)),
    );
    place();
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-explain]") : null;
    if (button) {
      event.preventDefault(); // inside a summary, the panel must not fold
      if (button === opener) close();
      else open(button);
    } else if (!box?.contains(event.target)) close();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !opener) return;
      event.preventDefault(); // elsewhere Escape interrupts the running job
      event.stopPropagation();
      const button = opener;
      close();
      button.focus();
    },
    true,
  );
  window.addEventListener("darkroom:tab", close);
  window.addEventListener("resize", () => opener && place());
  document.addEventListener("scroll", () => opener && (opener.checkVisibility() ? place() : close()), true);
})();
