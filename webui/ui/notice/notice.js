// Shows the error that a handler returned, marks the field that it names, and stays until it is dismissed.

/** The block of a field by its name in the request: `steps`, `hires.scale`, `styles.0`, `extras.film_grain.amount`. */
function marked(field) {
  if (!field) return null;
  const [first, second] = field.split(".");
  window.darkroom.openSectionOf(second ? `${first}_${second}` : first);
  const names = [`field-${field.replaceAll(".", "-")}`, `field-${first}-${second}`, `field-${first}`];
  if (["start", "mask"].includes(first)) names.push("field-picture");
  const found = names.map((name) => document.getElementById(name)).find(Boolean) ?? null;
  found?.closest("details")?.setAttribute("open", "");
  return found;
}

function clear() {
  document.querySelectorAll(".wrong").forEach((wrong) => {
    wrong.classList.remove("wrong");
    wrong.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  });
  element.querySelector("[data-part=box]").replaceChildren();
}

function paragraph(className, text) {
  return Object.assign(document.createElement("p"), { className, textContent: text });
}

function show(problem) {
  clear();
  if (!problem) return;
  const kind = problem.kind ?? "error";
  const words = document.createElement("div");
  words.className = "message-words";
  words.append(paragraph("message-text", problem.message));
  if (problem.hint) words.append(paragraph("message-hint", problem.hint));
  const sign = Object.assign(document.createElement("span"), { className: "glyph icon-triangle-alert" });
  sign.setAttribute("aria-hidden", "true");
  const dismiss = Object.assign(document.createElement("button"), { type: "button", className: "quiet icon-only" });
  dismiss.title = "Dismiss";
  dismiss.setAttribute("aria-label", "Dismiss");
  dismiss.innerHTML = '<span class="glyph icon-x" aria-hidden="true"></span>';
  dismiss.onclick = clear;
  const box = Object.assign(document.createElement("div"), { className: `message ${kind}` });
  box.setAttribute("role", kind === "error" ? "alert" : "status");
  box.dataset.testid = `${kind}-box`;
  box.append(sign, words, dismiss);
  element.querySelector("[data-part=box]").append(box);
  const field = marked(problem.field);
  field?.classList.add("wrong");
  field?.querySelector("input, textarea")?.setAttribute("aria-invalid", "true");
}

watch("value", () => show(props.value));

// Scripts of the page tell their problems here, too: {message, hint, field, kind: "error" or "warning"}, or null.
window.darkroom.tell ??= (id, problem) => window.darkroom.tell.places.get(id)?.(problem);
window.darkroom.tell.places ??= new Map();
window.darkroom.tell.places.set(element.closest(".block")?.id, show); // the element has an id of Gradio's own
