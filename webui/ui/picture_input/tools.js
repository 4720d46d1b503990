// The buttons and sliders of the mask, and the four fields of the margins.

const SIZE_NOTCHES = 100;
const MARGIN_STEP = 8; // pixels: a latent's side
const LARGEST_MARGIN = 1024;

/** Sizes lie on the slider by their logarithm: as many notches from 1 to 10 pixels as from 10 to 100. */
function showBrush(board) {
  const { size, strength, softness, erasing } = board.painter.brush;
  const pixels = Math.round(size);
  part("brush-size").value = (SIZE_NOTCHES * Math.log(size)) / Math.log(board.largestSize);
  part("brush-size").setAttribute("aria-valuetext", `${pixels} pixels`);
  part("brush-size-words").textContent = `${pixels} px`;
  part("brush-strength").setAttribute("aria-valuetext", `${Math.round(100 * strength)} percent`);
  part("brush-softness").setAttribute("aria-valuetext", `${Math.round(100 * softness)} percent`);
  part("brush-strength-words").textContent = `${Math.round(100 * strength)} %`;
  part("brush-softness-words").textContent = `${Math.round(100 * softness)} %`;
  part("brush").setAttribute("aria-pressed", !erasing);
  part("eraser").setAttribute("aria-pressed", erasing);
  for (const name of ["brush-size", "brush-strength", "brush-softness"]) {
    const slider = part(name);
    slider.style.setProperty("--done", `${(100 * (slider.value - slider.min)) / (slider.max - slider.min)}%`);
  }
}

function joinBrush(board) {
  const { brush } = board.painter;
  const joins = {
    "brush-size": (value) => (brush.size = board.largestSize ** (value / SIZE_NOTCHES)),
    "brush-strength": (value) => (brush.strength = value / 100),
    "brush-softness": (value) => (brush.softness = value / 100),
  };
  for (const [name, set] of Object.entries(joins)) {
    part(name).addEventListener("input", ({ target }) => {
      set(Number(target.value));
      showBrush(board);
      if (name === "brush-size") board.ring.flash();
    });
  }
}

function joinTools(board, chooseMask) {
  const pressed = {
    brush: () => board.choose(false),
    eraser: () => board.choose(true),
    undo: () => board.undo(),
    redo: () => board.redo(),
    invert: () => board.painter.invert(),
    clear: () => board.painter.clear(),
    "mask-upload": chooseMask,
    enlarge: () => board.enlarge(!board.large),
    fit: () => board.fit(),
    "zoom-in": () => (board.viewport.zoom(ZOOM_STEP), board.moved()),
    "zoom-out": () => (board.viewport.zoom(1 / ZOOM_STEP), board.moved()),
  };
  for (const [name, press] of Object.entries(pressed)) part(name).addEventListener("click", press);
}

/** `told` hears of other margins when a field is left, not at each digit. */
function joinMargins(board, told) {
  const open = (shown) => {
    part("margins").hidden = !shown;
    part("extend").setAttribute("aria-expanded", shown);
  };
  part("extend").addEventListener("click", () => open(part("margins").hidden));
  part("margins").addEventListener("change", () => {
    const read = ({ value }) => between(0, Math.round(Number(value) / MARGIN_STEP) * MARGIN_STEP || 0, LARGEST_MARGIN);
    const values = [...marginFields()].map((field) => [field.dataset.margin, read(field)]);
    board.setMargins(Object.fromEntries(values));
    showMargins(board);
    told();
  });
}

function marginFields() {
  return element.querySelectorAll("[data-margin]");
}

function showMargins(board) {
  const { margins } = board;
  for (const field of marginFields()) field.value = margins[field.dataset.margin];
  const any = Object.values(margins).some(Boolean);
  part("frame").classList.toggle("extended", any);
  part("extend").classList.toggle("used", any);
  if (any && board.painting) {
    part("margins").hidden = false;
    part("extend").setAttribute("aria-expanded", true);
  }
}
