// Which names fit what is being typed: a LoRA after `<lora:`, a list between `__`, and words that begin like the name
// of an embedding or of a style.
(() => {
  "use strict";
  const MOST = 8;
  const LEAST_LETTERS = 2; // of a word, before names are offered for it
  const LONGEST = 100; // what is looked back at from the caret

  /** Names that contain what was typed, those that begin with it first. */
  function fitting(names, typed) {
    const wanted = typed.toLowerCase();
    const places = names.map((name) => [name.toLowerCase().indexOf(wanted), name]).filter(([place]) => place >= 0);
    places.sort(([one], [other]) => Math.min(one, 1) - Math.min(other, 1));
    return places.slice(0, MOST).map(([, name]) => name);
  }

  function loraOffers(before, names) {
    const open = before.lastIndexOf("<");
    if (open < 0 || !/^<l(?:o(?:r(?:a(?::[^<>:]*)?)?)?)?$/i.test(before.slice(open))) return null;
    const typed = before.slice(open + "<lora:".length);
    const texts = fitting(names.loras, typed).map((name) => ({ name, kind: "LoRA", text: `<lora:${name}:1>` }));
    return { from: open, eager: true, offers: texts };
  }

  function wildcardOffers(before, names) {
    const marks = before.split("__");
    const typed = marks.at(-1);
    // An even number of marks is closed: what follows is between two lists.
    if (marks.length % 2 || !/^[\w./ -]*$/.test(typed) || typed.startsWith(" ")) return null;
    const texts = fitting(names.wildcards, typed).map((name) => ({ name, kind: "list", text: `__${name}__` }));
    return { from: before.length - typed.length - 2, eager: true, offers: texts };
  }

  function wordOffers(before, names) {
    const typed = /[\p{L}\p{N}_-]+$/u.exec(before)?.[0] ?? "";
    if (typed.length < LEAST_LETTERS) return null;
    const wanted = typed.toLowerCase();
    const begun = (list) => list.filter((name) => name.toLowerCase().startsWith(wanted));
    const offers = [
      ...begun(names.embeddings).map((name) => ({ name, kind: "embedding", text: name })),
      ...begun(names.styles).map((name) => ({ name, kind: "style", text: "", style: name })),
    ].slice(0, MOST);
    const whole = offers.length === 1 && !offers[0].style && offers[0].name.toLowerCase() === wanted;
    return { from: before.length - typed.length, eager: false, offers: whole ? [] : offers };
  }

  /**
   * What can be offered at a caret: {from, to, eager, offers: [{name, kind, text, style}]}, or null.
   * `from` to `to` is what an offer replaces; `eager` ones were asked for by a sign, so that the first may be chosen
   * already.
   */
  window.darkroom.promptOffers = (value, caret, names) => {
    const start = Math.max(0, caret - LONGEST, value.lastIndexOf("\n", caret - 1) + 1);
    const before = value.slice(start, caret);
    const found = loraOffers(before, names) ?? wildcardOffers(before, names) ?? wordOffers(before, names);
    if (!found?.offers.length) return null;
    return { ...found, from: start + found.from, to: caret };
  };
})();
