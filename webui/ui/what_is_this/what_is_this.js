// "What is this?": the button that has a picture read, and the answer: a sentence, and a bar for each attribute.

const INTERROGATE = "/api/v1/interrogate";

class WhatIsThis {
  /**
   * Fills `box`. `explain` tells where there is no reader what to do; else nothing is shown then.
   * `sendTo` is the tab to turn to when the sentence goes into the prompt, null to stay.
   */
  constructor(box, { explain = false, sendTo = null } = {}) {
    Object.assign(this, { box, explain, sendTo, picture: null, turn: 0 });
    this.button = make("button", { type: "button", className: "quiet", textContent: "What is this?", attributes: { "data-testid": "what-is-this" } });
    this.chooser = make("select", { className: "reader-choice", attributes: { "aria-label": "Reader", "data-testid": "reader" } });
    this.none = make("p", { className: "no-reader", attributes: { "data-testid": "no-reader" } });
    this.answer = make("div", { className: "reading", attributes: { "aria-live": "polite", "data-testid": "reading" } });
    this.row = make("div", { className: "reading-row" }, [this.button, this.chooser]);
    this.button.onclick = () => this.ask();
    box.classList.add("what-is-this");
    box.append(this.row, this.none, this.answer);
    box.hidden = true;
  }

  /** Another picture is shown, by its id; null for none. */
  async place(picture) {
    if (!window.darkroom.may("reading") || picture === this.picture) return;
    this.picture = picture;
    this.clear();
    this.box.hidden = true;
    if (!picture) return;
    const told = await window.darkroom.ask(INTERROGATE).catch(() => null);
    if (told && picture === this.picture) this.showReaders(told);
  }

  showReaders({ readers, default: first, missing }) {
    const usable = readers.filter(({ problem }) => !problem).map(({ name }) => name);
    const chosen = usable.includes(this.chooser.value) ? this.chooser.value : first;
    this.chooser.replaceChildren(...usable.map((name) => new Option(name, name)));
    if (chosen) this.chooser.value = chosen;
    this.chooser.hidden = usable.length < 2;
    this.row.hidden = usable.length === 0;
    const broken = readers.map(({ name, problem }) => `The reader '${name}' cannot be used: ${problem}`);
    this.none.textContent = usable.length ? "" : missing || broken.join(" ");
    this.none.hidden = !this.none.textContent;
    this.box.hidden = usable.length === 0 && !this.explain;
  }

  clear() {
    this.turn += 1;
    this.answer.replaceChildren();
    this.waiting(false);
  }

  waiting(on) {
    this.button.disabled = on;
    this.button.textContent = on ? "Looking ..." : "What is this?";
  }

  async ask() {
    this.clear();
    const mine = this.turn;
    this.waiting(true);
    try {
      const json = { picture: this.picture, reader: this.chooser.value || null };
      const told = await window.darkroom.ask(INTERROGATE, { json });
      if (mine === this.turn) this.show(told);
    } catch ({ message, hint }) {
      if (mine === this.turn) this.refuse(message, hint);
    } finally {
      if (mine === this.turn) this.waiting(false);
    }
  }

  show({ sentence, attributes }) {
    const toPrompt = make("button", { type: "button", className: "quiet", textContent: "Use as prompt", attributes: { "data-testid": "reading-to-prompt" } });
    toPrompt.onclick = () => window.darkroom.fill({ form: { prompt: sentence }, ...(this.sendTo ? { tab: this.sendTo } : {}) });
    const words = make("p", { className: "reading-sentence", textContent: sentence || "It says nothing.", attributes: { "data-testid": "reading-sentence" } });
    toPrompt.hidden = !sentence || !window.darkroom.may("making");
    const bars = make("dl", { className: "reading-bars" }, attributes.flatMap((attribute) => this.bar(attribute)));
    this.answer.replaceChildren(words, toPrompt, bars);
    bars.hidden = attributes.length === 0;
  }

  /** What was asked, the answer, and how likely it is; the pointer finds the next likely ones. */
  bar({ name, label, score, labels }) {
    const plain = (word) => word.replaceAll("_", " ");
    const percent = (share) => `${Math.round(100 * share)} %`;
    const length = make("span", { className: "reading-length", attributes: { "aria-hidden": "true" } });
    length.style.setProperty("--share", score);
    const title = labels.map((each) => `${plain(each.label)} ${percent(each.score)}`).join(", ");
    const found = make("dd", { title, attributes: { "data-testid": `reading-${name}` } }, [
      make("span", { className: "reading-label", textContent: plain(label) }),
      length,
      make("span", { className: "reading-score", textContent: percent(score) }),
    ]);
    return [make("dt", { textContent: plain(name) }), found];
  }

  refuse(message, hint) {
    const words = [make("p", { className: "message-text", textContent: message })];
    if (hint) words.push(make("p", { className: "message-hint", textContent: hint }));
    const inner = make("div", { className: "message-words" }, words);
    this.answer.replaceChildren(make("div", { className: "message error", attributes: { role: "alert", "data-testid": "reading-problem" } }, [inner]));
  }
}
