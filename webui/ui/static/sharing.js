// The public link as the page of its host knows it: one state for the Share tab and the banner.
(() => {
  "use strict";
  if (!window.darkroom.may("house")) return;
  const SHARE = "/api/v1/share";
  const SOON_MS = 300;
  const SEEN_MS = 15_000; // how old it may be who is here
  const OF_GUESTS = ["queued", "started", "finished", "failed"];
  const listeners = [];
  let told = null; // GET /api/v1/share, and `at`, when it came; null: not here yet
  let soon = null;
  let asked = 0; // an answer that was asked for earlier must not win over a later one

  function take(news) {
    told = { ...news, at: performance.now() };
    for (const listener of listeners) listener(told);
  }

  async function ask(address, options) {
    const mine = ++asked;
    const news = await window.darkroom.ask(address, options);
    if (mine === asked) take(news);
  }

  function load() {
    ask(SHARE).catch(() => {}); // the server is away, and the page says so
  }

  function loadSoon() {
    clearTimeout(soon);
    soon = setTimeout(load, SOON_MS);
  }

  window.darkroom.sharing = {
    onChange(listener) {
      listeners.push(listener);
      if (told) listener(told);
    },
    /** Each of these throws a `Problem`. */
    open: (order) => ask(SHARE, { json: order }),
    close: () => ask(SHARE, { method: "DELETE" }),
    endGuest: (guest) => ask(`${SHARE}/guests/${encodeURIComponent(guest)}`, { method: "DELETE" }),
    /** Seconds until it ends by itself; null is never. */
    secondsLeft() {
      if (!told || told.seconds_left === null) return null;
      return Math.max(0, told.seconds_left - (performance.now() - told.at) / 1000);
    },
  };

  window.darkroom.listen((event) => {
    if (event.type === "share_changed" || event.type === "snapshot") load();
    else if (told?.state === "open" && OF_GUESTS.includes(event.type)) loadSoon();
  });
  setInterval(() => told?.state === "open" && !document.hidden && load(), SEEN_MS);
})();
