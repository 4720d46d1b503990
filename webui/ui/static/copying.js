// Text to the clipboard, and what to say of it.
(() => {
  "use strict";

  /** Copy a text; where the browser gives no clipboard, select it in the element that shows it. Says what was done. */
  window.darkroom.copy = async (text, shownIn) => {
    try {
      await navigator.clipboard.writeText(text);
      return "Copied";
    } catch {
      // Browsers give the clipboard only to secure pages: over plain http from another machine it must be by hand.
      const range = document.createRange();
      range.selectNodeContents(shownIn);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return "Selected: press Ctrl+C";
    }
  };
})();
