// The list of names under a prompt while it is typed: arrows, Enter or Tab, Escape, or the mouse.
(() => {
  "use strict";
  const FORM_FIELDS = "#field-prompt, #field-negative_prompt, #field-hires-prompt, #field-hires-negative_prompt";
  const FIELDS = `${FORM_FIELDS}, .prompt-names`; // and those of components of our own
  const STALE_MS = 30_000;
  const LIST_ID = "prompt-offers";
  let names = { loras: [], embeddings: [], styles: [], wildcards: [] };
  let asked = -Infinity;
  let answer = Promise.resolve(); // of the last asking: who types while it is under way waits for it, too
  let open = null; // {field, found, chosen}: the textarea, what is offered, the index of the chosen one or -1
  let styles = []; // those that the form has

  window.addEventListener("darkroom:form", ({ detail }) => (styles = detail.styles ?? []));

  function refresh() {
    if (performance.now() - asked < STALE_MS) return answer;
    asked = performance.now();
    return (answer = ask());
  }

  async function ask() {
    try {
      const response = await fetch("/api/v1/prompt/names");
      if (response.ok) names = await response.json();
    } catch {
      // The server is away: the names of last time are still good.
    }
  }

  function fieldOf(target) {
    return target instanceof HTMLTextAreaElement && target.closest(FIELDS) ? target : null;
  }

  function listBox() {
    const there = document.getElementById(LIST_ID);
    if (there) return there;
    const list = Object.assign(document.createElement("ul"), { id: LIST_ID, className: "prompt-offers" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Names");
    // The field must keep the focus, so the choice is made before a click would take it.
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const row = event.target.closest("[role=option]");
      if (row) accept(Number(row.dataset.index));
    });
    return list;
  }

  function rowOf(offer, index) {
    const row = Object.assign(document.createElement("li"), { id: `${LIST_ID}-${index}` });
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(index === open.chosen));
    row.dataset.index = index;
    const kind = Object.assign(document.createElement("span"), { className: "prompt-offer-kind", textContent: offer.kind });
    row.append(Object.assign(document.createElement("span"), { textContent: offer.name }), kind);
    return row;
  }

  function draw() {
    const { field, found, chosen } = open;
    const list = listBox();
    list.replaceChildren(...found.offers.map(rowOf));
    field.closest(FIELDS).append(list);
    const block = list.parentElement.getBoundingClientRect();
    list.style.top = `${field.getBoundingClientRect().bottom - block.top + 2}px`;
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", LIST_ID);
    field.setAttribute("aria-autocomplete", "list");
    if (chosen < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${LIST_ID}-${chosen}`);
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    if (!open) return;
    document.getElementById(LIST_ID)?.remove();
    open.field.setAttribute("aria-expanded", "false");
    open.field.removeAttribute("aria-activedescendant");
    open = null;
  }

  function offer(field) {
    const selected = field.selectionStart !== field.selectionEnd;
    const known = field.closest(FORM_FIELDS) ? names : { ...names, styles: [] }; // styles are a field of the form
    const found = selected ? null : window.darkroom.promptOffers(field.value, field.selectionStart, known);
    close();
    if (!found) return;
    open = { field, found, chosen: found.eager ? 0 : -1 };
    draw();
  }

  function accept(index) {
    const { field, found } = open;
    const { text, style } = found.offers[index];
    close();
    field.focus();
    field.setSelectionRange(found.from, found.to);
    // This way the browser's own undo takes it back.
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
      field.setRangeText(text, found.from, found.to, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    close();
    if (style && !styles.includes(style)) window.darkroom.fill({ form: { styles: [...styles, style] } });
  }

  function move(by) {
    const count = open.found.offers.length;
    open.chosen = (Math.max(open.chosen, by < 0 ? 0 : -1) + by + count) % count;
    draw();
  }

  function onKey(event) {
    if (!open || event.target !== open.field || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const accepting = (event.key === "Enter" || event.key === "Tab") && !event.shiftKey && open.chosen >= 0;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape") close();
    else if (accepting) accept(open.chosen);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", (event) => {
    const field = fieldOf(event.target);
    if (!field || event.isComposing) return;
    refresh().then(() => document.activeElement === field && offer(field));
  });
  document.addEventListener("focusin", ({ target }) => fieldOf(target) && refresh());
  document.addEventListener("focusout", ({ target }) => open?.field === target && close());
  document.addEventListener("pointerdown", ({ target }) => open?.field === target && close());
})();
