// The buttons, sliders and keys of the easel.

const PAINT_SIZE_STEP = 1.15;

function joinPaintingTools(painting) {
  const pressed = {
    "layer-colour": () => painting.choose("colour"),
    "layer-mask": () => painting.choose("mask"),
    "paint-eraser": () => painting.erase(!painting.painter.brush.erasing),
    "paint-undo": () => painting.painter.undo(),
    "paint-redo": () => painting.painter.redo(),
    "paint-clear": () => painting.painter.clear(),
    "paint-pick": () => painting.pick(!painting.picking),
    "paint-enlarge": () => enlargeEasel(painting, !easelIsLarge()),
  };
  for (const [name, press] of Object.entries(pressed)) part(name).addEventListener("click", press);
  part("paint-colour").addEventListener("input", ({ target }) => painting.setColour(target.value));
  part("paint-size").addEventListener("input", ({ target }) => {
    painting.setSize(painting.largestSize ** (target.value / PAINT_NOTCHES));
    painting.ring.flash();
  });
  part("paint-strength").addEventListener("input", ({ target }) => {
    painting.colours.brush.strength = target.value / 100;
    painting.showTools();
  });
  // Before the keys of the page, to which Escape and the arrows mean something else.
  document.addEventListener("keydown", (event) => paintingKey(painting, event), { capture: true });
  painting.stage.addEventListener("blur", () => liftKeyboardBrush(painting));
}

function easelIsLarge() {
  return part("painting-box").classList.contains("large");
}

function enlargeEasel(painting, large) {
  part("painting-box").classList.toggle("large", large);
  document.documentElement.classList.toggle("picture-enlarged", large);
  part("paint-enlarge").setAttribute("aria-pressed", large);
  painting.resize();
}

function paintingKey(painting, event) {
  if (event.defaultPrevented || event.isComposing || !painting.painting) return;
  const inside = part("painting-box").contains(event.target) || easelIsLarge() || painting.stage.matches(":hover");
  if (!inside || event.target.closest?.("textarea, select, input:not([type=range])")) return;
  const react = paintingReaction(painting, event);
  if (!react) return;
  event.preventDefault();
  event.stopPropagation();
  react();
}

function paintingReaction(painting, event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return () => (event.shiftKey ? painting.painter.redo() : painting.painter.undo());
    return key === "y" ? () => painting.painter.redo() : null;
  }
  if (event.altKey) return null;
  const drawing = event.target === painting.stage ? paintingMove(painting, key, event.shiftKey) : null;
  if (drawing) return drawing;
  if (key === "Escape" && easelIsLarge()) return () => enlargeEasel(painting, false);
  const tools = {
    "[": () => painting.sizeBy(1 / PAINT_SIZE_STEP),
    "]": () => painting.sizeBy(PAINT_SIZE_STEP),
    b: () => painting.erase(false),
    e: () => painting.erase(true),
    i: () => painting.pick(!painting.picking),
    f: () => enlargeEasel(painting, !easelIsLarge()),
  };
  return tools[key] ?? null;
}

function paintingMove(painting, key, fine) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const { width, height } = painting.viewport.stage;
  const place = painting.ring.place ?? { x: width / 2, y: height / 2 };
  const point = ({ x, y }) => ({ ...painting.viewport.toPicture({ x, y }), radius: painting.painter.brush.size / 2 });
  if (ways[key]) {
    const [dx, dy] = ways[key].map((way) => way * (fine ? 2 : PAINT_KEY_STEP));
    return () => {
      painting.ring.at({ x: between(0, place.x + dx, width), y: between(0, place.y + dy, height) });
      if (painting.keyDown) painting.painter.extend(point(painting.ring.place));
    };
  }
  if (key !== "Enter") return null;
  return () => {
    if (painting.picking) return painting.pickAt(painting.viewport.toPicture(place));
    if (painting.keyDown) return liftKeyboardBrush(painting);
    painting.keyDown = true;
    painting.ring.at(place);
    painting.painter.begin(point(place));
  };
}

function liftKeyboardBrush(painting) {
  if (!painting.keyDown) return;
  painting.keyDown = false;
  painting.painter.settle();
}
