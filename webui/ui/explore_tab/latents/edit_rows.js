// The list of edits as rows, each with its controls: what they say is what is done, from the top down.

class EditRow {
  constructor(edit, list, brush, count) {
    const { id, kind } = edit;
    const { name, about, channels, numbers, seed, brush: painted } = EDIT_KINDS[kind];
    const change = (values, how) => list.change(id, values, how);
    const choices = channels.map((field) => channelChoice(field, count, change));
    const below = numbers.map((field) => numberField(field, change));
    if (seed) below.push(seedField(change));
    if (painted) below.push(brushField(id, brush, change));
    this.id = id;
    this.count = count;
    this.on = make("input", { type: "checkbox", attributes: { "aria-label": `${name} applies` } });
    this.on.onchange = () => change({ on: this.on.checked });
    this.fields = [...choices, ...below];
    const tool = (glyph, label, work) =>
      make("button", { type: "button", className: "quiet icon-only", title: label, onclick: work, attributes: { "aria-label": `${label}: ${name}` } }, [icon(glyph)]);
    this.up = tool("arrow-up", "Earlier", () => list.move(id, -1));
    this.down = tool("arrow-down", "Later", () => list.move(id, 1));
    const head = make("div", { className: "edit-head" }, [
      this.on,
      make("span", { className: "edit-name", textContent: name, title: about }),
      ...choices.map(({ element: choice }) => choice),
      make("span", { className: "push" }),
      this.up,
      this.down,
      tool("trash-2", "Remove", () => list.remove(id)),
    ]);
    const body = below.length ? [make("div", { className: "edit-body" }, below.map(({ element: field }) => field))] : [];
    this.element = make("li", { className: "edit-row", attributes: { "data-testid": `latents-edit-${kind}`, "data-id": id } }, [head, ...body]);
  }

  show(edit, first, last) {
    this.on.checked = edit.on;
    this.element.classList.toggle("off", !edit.on);
    this.up.disabled = first;
    this.down.disabled = last;
    for (const field of this.fields) field.show(edit);
  }
}

class EditRows {
  constructor(list, inspection, view, brush) {
    Object.assign(this, { list, inspection, view, brush, rows: new Map() });
    part("add").replaceChildren(...Object.entries(EDIT_KINDS).map(([kind, { name, about }]) => this.adder(kind, name, about)));
    part("undo").onclick = () => list.undo();
    part("redo").onclick = () => list.redo();
    list.onChange(() => this.draw());
    brush.onTake(() => this.draw());
    inspection.on("picture", () => this.draw());
  }

  adder(kind, name, about) {
    const add = make("button", { type: "button", className: "quiet", title: about, attributes: { "data-testid": `latents-add-${kind}` } }, [icon("plus"), name]);
    add.onclick = () => this.add(kind);
    return add;
  }

  add(kind) {
    if (this.list.edits.length >= MOST_EDITS) {
      return problemAt(part("edit-messages"), { message: `There can be ${MOST_EDITS} edits.`, hint: "Remove one first." });
    }
    const { channels } = this.inspection.told;
    const { channel } = this.view;
    const { greatest } = channels[channel ?? 0];
    const id = this.list.add({ kind, ...EDIT_KINDS[kind].fresh({ channel, count: channels.length, value: Math.round(greatest * 20) / 20 }) });
    if (kind === "paint") this.brush.take(id, false);
    part("edits").lastElementChild.scrollIntoView({ block: "nearest" });
  }

  draw() {
    const { edits, past, future, begun } = this.list;
    const count = this.inspection.told?.channels.length ?? 0;
    const rows = new Map(edits.map((edit) => [edit.id, this.row(edit, count)]));
    this.rows = rows;
    const wanted = [...rows.values()].map(({ element: row }) => row);
    const box = part("edits");
    if (wanted.length !== box.children.length || wanted.some((row, place) => row !== box.children[place])) box.replaceChildren(...wanted);
    edits.forEach((edit, place) => rows.get(edit.id).show(edit, place === 0, place === edits.length - 1));
    part("no-edits").hidden = edits.length > 0;
    part("undo").disabled = !past.length && !begun;
    part("redo").disabled = !future.length;
  }

  /** The row of an edit, made once for latents of so many channels. */
  row(edit, count) {
    const known = this.rows.get(edit.id);
    return known?.count === count ? known : new EditRow(edit, this.list, this.brush, count);
  }
}
