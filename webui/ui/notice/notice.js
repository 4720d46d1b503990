// Shows the error that a handler returned, marks the field that it names, and stays until it is dismissed.

function marked(field) {
  return field ? document.getElementById(`field-${field}`) : null;
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

function show() {
  clear();
  const problem = props.value;
  if (!problem) return;
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
  const box = Object.assign(document.createElement("div"), { className: "message error" });
  box.setAttribute("role", "alert");
  box.dataset.testid = "error-box";
  box.append(sign, words, dismiss);
  element.querySelector("[data-part=box]").append(box);
  const field = marked(problem.field);
  field?.classList.add("wrong");
  field?.querySelector("input, textarea")?.setAttribute("aria-invalid", "true");
}

watch("value", show);
