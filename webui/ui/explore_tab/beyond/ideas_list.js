// The ideas: prompts by letters, which expressions are made of.

function ideaRow(prompt, index) {
  const letter = LETTERS[index];
  const box = make("input", { type: "text", value: prompt, spellcheck: false, autocomplete: "off", placeholder: "a prompt" });
  box.setAttribute("aria-label", `Idea ${letter}`);
  box.dataset.testid = `beyond-idea-${letter}`;
  box.addEventListener("input", () => {
    draft.ideas[index] = box.value;
    draftChanged();
  });
  const remove = make("button", { type: "button", className: "quiet icon-only", title: `Remove ${letter}`, attributes: { "aria-label": `Remove idea ${letter}` } }, [icon("x")]);
  remove.disabled = index + 1 < draft.ideas.length || draft.ideas.length < 2; // letters must go on meaning the same
  remove.onclick = () => {
    draft.ideas.pop();
    drawIdeas();
    draftChanged();
  };
  return make("li", { className: "idea-row" }, [make("span", { className: "idea-letter", textContent: letter, attributes: { "aria-hidden": "true" } }), box, remove]);
}

function drawIdeas() {
  part("ideas").replaceChildren(...draft.ideas.map(ideaRow));
  part("add-idea").disabled = draft.ideas.length >= MOST_IDEAS;
}

function joinIdeas() {
  part("add-idea").onclick = () => {
    draft.ideas.push("");
    drawIdeas();
    draftChanged();
    part("ideas").lastElementChild.querySelector("input").focus();
  };
  drawIdeas();
}
