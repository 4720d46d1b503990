// Sentences inside the component: what was wrong, and what the server did to a picture. They stay until dismissed.

const notes = {
  clear() {
    part("notes").replaceChildren();
  },

  problem(problem) {
    const hint = problem.hint ?? "";
    if (!(problem instanceof Problem)) console.error(problem);
    const words = problem instanceof Problem ? problem.message : "Something went wrong with this picture.";
    notes.add("error", words, { hint });
  },

  add(kind, sentence, { hint = "", action = null } = {}) {
    const words = make("div", { className: "message-words" }, [make("p", { textContent: sentence })]);
    if (hint) words.append(make("p", { className: "message-hint", textContent: hint }));
    const sign = kind === "error" ? "icon-triangle-alert" : "icon-info";
    const box = make("div", { className: `message ${kind}` }, [glyph(sign), words]);
    box.setAttribute("role", kind === "error" ? "alert" : "status");
    box.dataset.testid = `picture-${kind}`;
    const dismiss = () => box.remove();
    if (action) {
      const take = make("button", { type: "button", className: "quiet", textContent: action.name });
      take.onclick = () => {
        dismiss();
        action.take();
      };
      box.append(take);
    }
    const close = make("button", { type: "button", className: "quiet icon-only", title: "Dismiss", onclick: dismiss });
    close.setAttribute("aria-label", "Dismiss");
    close.append(glyph("icon-x"));
    box.append(close);
    part("notes").append(box);
  },
};

function glyph(icon) {
  const made = make("span", { className: `glyph ${icon}` });
  made.setAttribute("aria-hidden", "true");
  return made;
}

function say(sentence) {
  part("announcer").textContent = sentence;
}
