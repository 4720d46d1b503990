// The square of pictures: the centre in the middle cell, its neighbours around it, the nearest cells first.

class SeedGrid {
  constructor(box, onStep) {
    this.box = box;
    this.onStep = onStep;
    this.cells = [];
    box.onkeydown = (event) => this.move(event);
  }

  /** As many empty cells as the square has. */
  lay(sides) {
    this.sides = sides;
    this.box.style.setProperty("--sides", sides);
    this.cells = Array.from({ length: sides * sides }, (_, index) => this.cell(index));
    this.box.replaceChildren(...this.cells.map(({ button }) => button));
    this.centre = this.cells[(this.cells.length - 1) / 2];
    this.centre.button.classList.add("centre");
    const middle = (sides - 1) / 2;
    const away = (index) => Math.hypot((index % sides) - middle, Math.floor(index / sides) - middle);
    this.around = this.cells.filter((cell) => cell !== this.centre).sort((one, other) => away(one.index) - away(other.index));
  }

  cell(index) {
    const image = make("img", { alt: "", hidden: true });
    const button = make("button", { type: "button", className: "seeds-cell", attributes: { "data-testid": "seeds-cell" } }, [image]);
    const cell = { index, image, button, request: null };
    button.onclick = () => cell.request && cell !== this.centre && !image.hidden && this.onStep(cell.request);
    return cell;
  }

  /** Which request each cell will show; their pictures come later. */
  expect(centre, neighbours) {
    this.put(this.centre, centre, "The middle");
    this.around.forEach((cell, index) => this.put(cell, neighbours[index] ?? null, `Neighbour ${index + 1}`));
    for (const cell of this.cells) cell.button.tabIndex = cell === this.centre ? 0 : -1;
  }

  put(cell, request, name) {
    cell.request = request;
    cell.image.hidden = true;
    cell.image.removeAttribute("src");
    cell.button.dataset.state = "waiting";
    cell.button.setAttribute("aria-label", name);
    cell.button.title = "";
  }

  show(request, { url }, onLost) {
    for (const cell of this.cells) {
      if (cell.request !== request) continue;
      cell.image.onerror = () => onLost(request);
      cell.image.src = url;
      cell.image.hidden = false;
      cell.button.dataset.state = "done";
      if (cell !== this.centre) cell.button.title = "Make it the middle";
    }
  }

  move(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.sides, ArrowDown: this.sides };
    const at = this.cells.findIndex(({ button }) => button === document.activeElement);
    const step = steps[event.key];
    if (at < 0 || !step) return;
    const next = at + step;
    const wraps = Math.abs(step) === 1 && Math.floor(next / this.sides) !== Math.floor(at / this.sides);
    event.preventDefault();
    if (next < 0 || next >= this.cells.length || wraps) return;
    this.cells[at].button.tabIndex = -1;
    this.cells[next].button.tabIndex = 0;
    this.cells[next].button.focus();
  }
}
