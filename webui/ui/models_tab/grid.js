// The list as a grid of which only the rows near the window exist: thousands of models cost what a few dozen do.

const GAP = 16;
const LEAST_WIDTH = 148;
const WORDS_HEIGHT = 76; // as in the style sheet
const BEYOND = 600; // pixels above and below the window that are there already

class Grid {
  constructor() {
    this.box = part("grid");
    this.cards = new Map();
    this.entries = [];
    this.asked = false;
    document.addEventListener("scroll", () => this.soon(), { passive: true, capture: true });
    window.addEventListener("resize", () => this.soon());
    new ResizeObserver(() => this.soon()).observe(this.box);
  }

  show(entries) {
    this.entries = entries;
    for (const card of this.cards.values()) card.stale = true;
    this.paint();
  }

  soon() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.paint();
    });
  }

  measure() {
    const width = this.box.clientWidth;
    this.columns = Math.max(2, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
    this.side = (width - GAP * (this.columns - 1)) / this.columns;
    this.row = this.side + WORDS_HEIGHT + GAP;
    return width > 0;
  }

  paint() {
    if (!this.measure()) return;
    const rows = Math.ceil(this.entries.length / this.columns);
    this.box.style.height = `${Math.max(0, rows * this.row - GAP)}px`;
    const { top } = this.box.getBoundingClientRect();
    const first = Math.max(0, Math.floor((-top - BEYOND) / this.row));
    const last = Math.min(rows, Math.ceil((window.innerHeight - top + BEYOND) / this.row));
    this.place(first * this.columns, Math.min(this.entries.length, last * this.columns));
  }

  place(from, until) {
    const focused = this.box.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.id : null;
    const wanted = [];
    for (const [index, entry] of this.entries.entries()) {
      if ((index >= from && index < until) || entry.id === focused) wanted.push([index, entry]);
    }
    const ids = new Set(wanted.map(([, entry]) => entry.id));
    for (const [id, card] of this.cards) {
      if (ids.has(id)) continue;
      card.node.remove();
      this.cards.delete(id);
    }
    let after = this.box.firstChild;
    for (const [index, entry] of wanted) {
      const card = this.card(entry);
      this.position(card.node, index);
      if (card.node === after) after = after.nextSibling;
      else this.box.insertBefore(card.node, after);
    }
  }

  card(entry) {
    let card = this.cards.get(entry.id);
    if (!card) this.cards.set(entry.id, (card = new Card(entry)));
    else if (card.stale || card.entry !== entry) card.update(entry);
    card.stale = false;
    return card;
  }

  position(node, index) {
    const [column, row] = [index % this.columns, Math.floor(index / this.columns)];
    node.style.width = `${this.side}px`;
    node.style.transform = `translate(${column * (this.side + GAP)}px, ${row * this.row}px)`;
    node.setAttribute("aria-setsize", this.entries.length);
    node.setAttribute("aria-posinset", index + 1);
  }
}
