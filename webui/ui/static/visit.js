// Whose visit this is: a line above the page while a public link is open, on the host's page and on a guest's, and a
// sentence instead of endless trying when a guest's visit has ended.
(() => {
  "use strict";
  const LOOK_MS = 3000;
  const TICK_MS = 10_000;
  const PATIENCE_MS = 20_000; // without an answer by the link, before a guest is told
  const host = window.darkroom.may("house");
  let line = null; // the line above the page
  let lostAt = null; // since when the connection is lost
  let looking = null;
  let ended = false;

  /** Who this is, as the server knows it: {role, name, logged_in, link}; null when it cannot be asked. */
  window.darkroom.me = window.darkroom.ask("/api/v1/me").catch(() => null);

  function make(tag, properties, children = []) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function button(words, name, onclick) {
    const made = make("button", { type: "button", className: "quiet", textContent: words, onclick });
    made.dataset.testid = name;
    return made;
  }

  /** Show words in the line, or take it away. */
  function say(words, buttons = []) {
    document.documentElement.toggleAttribute("data-shared", Boolean(words));
    if (!words) {
      line?.remove();
      line = null;
      return;
    }
    if (!line) {
      const dot = make("span", { className: "visit-dot" });
      dot.setAttribute("aria-hidden", "true");
      const told = make("p", {});
      told.setAttribute("role", "status");
      line = make("div", { className: "visit own" }, [dot, told, ...buttons]);
      line.dataset.testid = "visit";
      document.querySelector(".gradio-container")?.prepend(line);
    }
    const told = line.querySelector("p");
    if (told.textContent !== words) told.textContent = words;
  }

  function until(ends) {
    return ends ? ` until ${window.darkroom.clock(ends)}` : "";
  }

  function showShared({ state, ends, guests = [] }) {
    if (state !== "open") return say("");
    const here = guests.filter((guest) => guest.here).length;
    const who = here === 1 ? "1 guest" : here ? `${here} guests` : "nobody here";
    say(`Shared${until(ends)} · ${who}`, [
      button("Show", "visit-show", () => window.darkroom.showTab("share")),
      button("Close the link", "visit-close", ({ target }) => {
        target.disabled = true;
        window.darkroom.sharing.close().catch(() => (target.disabled = false));
      }),
    ]);
  }

  function showGuest({ name, role, link }, endsAt) {
    const left = endsAt === null ? null : Math.max(0, (endsAt - Date.now()) / 1000);
    const doing = role === "viewer" ? "You look on" : "You are a guest here";
    const rest = left === null ? "until the link is closed" : `until ${window.darkroom.clock(link.ends)}, ${window.darkroom.lasting(left)} more`;
    say(`${name ? `${name}: ` : ""}${doing.replace(/^Y/, name ? "y" : "Y")} ${rest}`);
    if (left === 0) look(); // the server ends it, and says so
  }

  function end(title, words) {
    if (ended) return;
    ended = true;
    window.darkroom.hangUp();
    clearTimeout(looking);
    say("");
    const box = make("div", { className: "visit-end own", tabIndex: -1 }, [
      make("div", {}, [make("h2", { textContent: title }), make("p", { textContent: words })]),
    ]);
    box.dataset.testid = "visit-end";
    box.setAttribute("role", "alertdialog");
    box.setAttribute("aria-label", title);
    for (const under of document.body.children) under.inert = true;
    document.body.append(box);
    document.documentElement.dataset.ended = "true";
    box.focus();
  }

  function endOfLink() {
    end("This link has ended", "Ask whoever sent it to you for a new one. Pictures that you downloaded are yours to keep.");
  }

  /** The connection is lost: whether that is for good. */
  async function look() {
    clearTimeout(looking);
    const me = await window.darkroom.me;
    const response = await fetch("/api/v1/me", { cache: "no-store" }).catch(() => null);
    if (ended) return;
    if (response?.status === 401 && !me?.link) return void location.assign("/login");
    if (response?.status === 401) end("Your visit has ended", "The host has ended it, or the link is over. Pictures that you downloaded are yours to keep.");
    else if (response?.status === 410) endOfLink();
    else if (me?.link && !response?.ok && lostAt !== null && Date.now() - lostAt > PATIENCE_MS) endOfLink();
    else if (lostAt !== null) looking = setTimeout(look, LOOK_MS);
  }

  function follow(me) {
    window.darkroom.listen((event) => {
      if (event.type === "share_changed" && event.open === false && me?.link) return endOfLink();
      if (event.type !== "connection") return;
      if (event.state === "open") lostAt = null;
      if (event.state !== "lost") return;
      lostAt ??= Date.now();
      look();
    });
  }

  // The browser's Back shows a page as it was, also to somebody who has logged out.
  window.addEventListener("pageshow", (event) => event.persisted && look());

  window.addEventListener("darkroom:ready", async () => {
    const me = await window.darkroom.me;
    follow(me);
    if (host) return window.darkroom.sharing.onChange(showShared);
    if (!me?.link) return;
    const { seconds_left } = me.link;
    const endsAt = seconds_left === null ? null : Date.now() + seconds_left * 1000;
    showGuest(me, endsAt);
    setInterval(() => ended || showGuest(me, endsAt), TICK_MS);
  });
})();
