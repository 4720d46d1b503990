// A field for an expression: what is typed is read by the server, and a fault is shown with a caret under it.

const READ_AFTER_MS = 250;
const EXCERPT = 40; // letters of a line that are shown at most

/** The part of the text around the fault, and the carets that belong under it. */
function excerptAround(text, at, length) {
  const begin = between(0, at + Math.ceil((length - EXCERPT) / 2), Math.max(0, text.length - EXCERPT));
  const end = Math.min(begin + EXCERPT, text.length);
  const [before, after] = [begin > 0 ? "\u2026" : "", end < text.length ? "\u2026" : ""];
  const marked = between(1, length, Math.max(1, end - at));
  return { line: `${before}${text.slice(begin, end).replaceAll(/\s/g, " ")}${after}`, carets: " ".repeat(before.length + at - begin) + "^".repeat(marked) };
}

class ExpressionField {
  /** `name` is the part of the draft and of the markup. */
  constructor(name) {
    this.name = name;
    this.box = part(name);
    this.fault = part(`${name}-fault`);
    this.timer = null;
    this.asking = null;
    this.box.value = draft[name];
    this.box.addEventListener("input", () => {
      draft[name] = this.box.value;
      draftChanged();
    });
  }

  set(text) {
    this.box.value = draft[this.name] = text;
  }

  readSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), READ_AFTER_MS);
  }

  /** Asks what it means; a fault is shown, other problems are told when the line is asked for. */
  async read() {
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    if (!this.box.value.trim()) return this.show(null);
    try {
      await explore.expression(this.box.value, draftNames(), mine.signal);
      this.show(null);
    } catch (problem) {
      if (problem.at !== null && problem.at !== undefined) this.show(problem);
    }
  }

  /** A fault with its place, or null. */
  show(problem) {
    this.fault.hidden = !problem;
    this.box.setAttribute("aria-invalid", String(Boolean(problem)));
    if (!problem) return this.fault.replaceChildren();
    const { line, carets } = excerptAround(this.box.value, problem.at, problem.length);
    const message = problem.message.replace(/^\w+: /, "");
    const excerpt = make("pre", { className: "fault-place", attributes: { "aria-hidden": "true" } }, [
      make("span", { textContent: `${line}\n` }),
      make("span", { className: "fault-caret", textContent: carets }),
    ]);
    this.fault.replaceChildren(excerpt, make("p", { className: "fault-words", textContent: message }));
    this.fault.onclick = () => this.choose(problem);
  }

  /** The caret of the field goes to the fault. */
  choose({ at, length }) {
    this.box.focus();
    this.box.setSelectionRange(at, at + Math.max(1, length));
  }
}
