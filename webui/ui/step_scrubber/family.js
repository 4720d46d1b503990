// The family of the walk on the desk, drawn as a tree: click a walk to lay it on the desk.

const FAMILY_LEAD = "Each line is a walk, from its first step at the left to its picture; click one to lay it on the desk.";
const FAMILY_ALONE =
  "This walk has no branches yet. Choose a step, change something under Branch, and the new walk appears here beside it.";

class FamilyTree {
  constructor() {
    this.box = part("family-tree");
    this.rows = [];
    this.focused = null; // the id of the walk that the keyboard is at
    this.drawn = null; // {x, y, mark}
    this.asked = 0;
    desk.on("recording", () => this.refresh());
    desk.on("picture", () => this.draw());
    desk.on("position", () => this.markPosition());
    part("family").addEventListener("toggle", () => this.refresh());
    this.box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(([{ contentRect }]) => {
      if (Math.abs(contentRect.width - (this.width ?? 0)) > 1) this.draw();
    }).observe(this.box);
  }

  /** The walks of the family: other parts of the tab offer them, too. */
  get nodes() {
    return this.rows.map(({ node }) => node);
  }

  async refresh() {
    const { recording } = desk;
    const mine = ++this.asked;
    if (!recording) return this.take([]);
    try {
      const { nodes } = await window.darkroom.ask(`${recordingAddress(recording.id)}/family`);
      if (mine !== this.asked) return;
      part("family-notes").replaceChildren();
      this.take(nodes);
    } catch (problem) {
      if (mine === this.asked) panelMessage(part("family-notes"), problem);
    }
  }

  take(nodes) {
    this.rows = familyRows(nodes);
    const count = this.rows.length;
    part("family-aside").textContent = count > 1 ? `${count} walks` : "";
    part("family-lead").textContent = count > 1 ? FAMILY_LEAD : FAMILY_ALONE;
    this.focused = desk.recording?.id ?? null;
    this.draw();
    comparison.offer();
  }

  draw() {
    const { clientWidth: width } = this.box;
    if (!width) return;
    this.width = width;
    const focus = this.box.contains(document.activeElement);
    this.drawn = familyDrawing(this.rows, width);
    this.box.style.height = `${this.drawn.height}px`;
    this.box.replaceChildren(this.lines(width), ...this.rows.map((row) => this.item(row)));
    this.markPosition();
    if (focus) this.itemOf(this.focused)?.focus();
  }

  lines(width) {
    const { paths, height, x, y } = this.drawn;
    const drawing = plotElement("svg", { width, height, "aria-hidden": "true" });
    const current = this.rows.findIndex(({ node }) => node.id === desk.recording?.id);
    paths.forEach((path, index) => index !== current && drawing.append(plotElement("path", { d: path })));
    if (current >= 0) drawing.append(plotElement("path", { d: this.wayTo(this.rows[current]), class: "current" }));
    for (const row of this.rows) if (row.leaves) drawing.append(plotElement("circle", { cx: x(row.at), cy: y(row.leaves), r: 3 }));
    this.mark = plotElement("circle", { r: 5, class: "mark" });
    drawing.append(this.mark);
    return drawing;
  }

  /** The whole way of a walk, along the lines that it shares with others. */
  wayTo(row) {
    const { x, y, paths } = this.drawn;
    const ways = [paths[this.rows.indexOf(row)]];
    for (let { leaves, at } = row; leaves; { leaves, at } = leaves) {
      const path = paths[this.rows.indexOf(leaves)];
      ways.unshift(path.replace(/H [\d.]+$/, `H ${Math.max(x(at), x(leaves.at))}`));
    }
    return ways.join(" ");
  }

  /** The amber dot: where the slider is. */
  markPosition() {
    if (!this.drawn || !this.mark || !part("family").open) return;
    let row = this.rows.find(({ node }) => node.id === desk.recording?.id);
    this.mark.style.display = row ? "" : "none";
    if (!row) return;
    while (row.leaves && desk.position < row.at) row = row.leaves;
    this.mark.setAttribute("cx", this.drawn.x(Math.min(desk.position, row.node.positions)));
    this.mark.setAttribute("cy", this.drawn.y(row));
  }

  item(row) {
    const { node, level } = row;
    const { x, y } = this.drawn;
    const current = node.id === desk.recording?.id;
    const siblings = this.rows.filter(({ leaves }) => leaves === row.leaves);
    const picture = pictureOf(node, current ? desk.picture : 0);
    const image = smallPicture(picture?.url, "family-thumb");
    image.style.left = `${x(node.positions) + 8}px`;
    const item = make(
      "div",
      {
        className: ["family-item", current && "current", comparison.other?.recording.id === node.id && "beside"].filter(Boolean).join(" "),
        tabIndex: node.id === this.focused ? 0 : -1,
        title: node.prompt,
        onclick: () => this.open(row),
        attributes: {
          role: "treeitem",
          "aria-level": level,
          "aria-setsize": siblings.length,
          "aria-posinset": siblings.indexOf(row) + 1,
          "aria-selected": current,
          "data-testid": "family-item",
          "data-recording": node.id,
        },
      },
      [this.label(row), image],
    );
    item.style.top = `${y(row) - FAMILY_ROW / 2}px`;
    if (current) item.setAttribute("aria-current", "true");
    return item;
  }

  label(row) {
    const { node } = row;
    const changes = changesOf(node);
    const title = row.leaves ? [`step ${row.at}`, ...(changes.length ? changes.map(shortDifference) : ["resumed"])].join(" · ") : node.prompt || "(no prompt)";
    const below = row.leaves && node.changes?.prompt ? node.changes.prompt[1] : "";
    const words = make("span", { className: "family-below", textContent: node.complete ? below : `stopped after step ${node.positions}` });
    const label = make("div", { className: "family-label" }, [make("span", { className: "family-title", textContent: title }), words]);
    const from = this.drawn.x(row.at) + 12;
    const to = this.drawn.x(node.positions);
    const over = to - from >= LABEL_ROOM;
    label.classList.toggle("beside-thumb", !over);
    label.style.left = `${over ? from : to + FAMILY_THUMB}px`;
    label.style.width = `${over ? to - from - 8 : this.width - to - FAMILY_THUMB}px`;
    // Below a line others leave it, over which nothing is written.
    const leaving = this.rows.filter(({ leaves, at }) => leaves === row && at > row.at).map(({ at }) => this.drawn.x(at));
    if (over && leaving.length) words.style.maxWidth = `${Math.min(...leaving) - from - 8}px`;
    return label;
  }

  itemOf(id) {
    return this.box.querySelector(`[data-recording="${id}"]`);
  }

  async open({ node }) {
    this.focused = node.id;
    if (node.id === desk.recording?.id) return;
    const position = Math.min(desk.position, node.positions);
    try {
      await desk.open(node.id, { picture: pictureOf(node, 0)?.row ?? 0, position });
      this.itemOf(node.id)?.focus({ preventScroll: true });
    } catch (problem) {
      panelMessage(part("family-notes"), problem);
    }
  }

  key(event) {
    const index = this.rows.findIndex(({ node }) => node.id === this.focused);
    const row = this.rows[index];
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    const ways = {
      ArrowDown: () => this.rows[index + 1],
      ArrowUp: () => this.rows[index - 1],
      ArrowLeft: () => row.leaves,
      ArrowRight: () => this.rows.find(({ leaves }) => leaves === row),
      Home: () => this.rows[0],
      End: () => this.rows.at(-1),
      Enter: () => void this.open(row),
      " ": () => void this.open(row),
    };
    if (!ways[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    const next = ways[event.key]();
    if (next) this.focus(next);
  }

  focus({ node }) {
    this.itemOf(this.focused)?.setAttribute("tabindex", -1);
    this.focused = node.id;
    const item = this.itemOf(node.id);
    item.setAttribute("tabindex", 0);
    item.focus();
  }
}

function pictureOf(node, row) {
  return node.pictures.find((one) => one.row === row) ?? node.pictures[0] ?? null;
}

/** What a walk does otherwise than its parent, as `differencesOf` tells it. */
function changesOf(node) {
  return Object.entries(node.changes ?? {})
    .filter(([field]) => !UNTOLD_FIELDS.has(field))
    .map(([field, [before, after]]) => [field, before, after]);
}
