// The way from anywhere on the page into a journey's list of stops, which is drawn when Explore is first opened.
(() => {
  "use strict";
  const waiting = [];

  /** Add a request as a stop of the journey that is planned; `thumb` (optional) is its picture's address. */
  window.darkroom.addStop = (request, thumb = null) => {
    waiting.push({ request, thumb });
    window.dispatchEvent(new Event("darkroom:stop"));
  };

  /** Those that were added and not yet taken; each is told once. */
  window.darkroom.stopsToTake = () => waiting.splice(0);
})();
