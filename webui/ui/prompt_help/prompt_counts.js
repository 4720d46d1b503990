// Under each prompt: how many tokens it has against what its chunks hold, and what in it will not work.
(() => {
  "use strict";
  const NAMES = ["prompt", "negative_prompt", "model", "steps", "styles"];
  let told = ""; // what was asked last
  let asking = null;

  /** The line under a prompt; made anew if Gradio has drawn its block again. */
  function line(id, testid) {
    const block = document.getElementById(id);
    if (!block) return null;
    const there = block.querySelector(":scope > .prompt-line");
    if (there) return there;
    const made = Object.assign(document.createElement("div"), { className: "prompt-line" });
    const warnings = Object.assign(document.createElement("div"), { className: "prompt-warnings" });
    warnings.setAttribute("role", "status");
    const count = Object.assign(document.createElement("span"), { className: "prompt-count" });
    count.dataset.testid = testid;
    made.append(warnings, count);
    block.append(made);
    return made;
  }

  function showCount(id, testid, tokens, limit) {
    const count = line(id, testid)?.querySelector(".prompt-count");
    if (!count) return;
    count.textContent = tokens === null || tokens === undefined ? "" : `${tokens}/${limit}`;
    count.title = count.textContent && `${tokens} tokens; its chunks hold ${limit}.`;
  }

  function showWarnings(warnings) {
    const place = line("field-prompt", "token-count")?.querySelector(".prompt-warnings");
    if (!place) return;
    place.dataset.testid = "prompt-warnings";
    const words = warnings.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
    // Said again only when it has changed, as a screen reader would read it out each time.
    if (place.textContent !== warnings.join("")) place.replaceChildren(...words);
  }

  async function check(fields) {
    const typed = Object.fromEntries(NAMES.map((name) => [name, fields[name]]));
    const steps = Math.min(150, Math.max(1, Math.round(Number(typed.steps)) || 20));
    const body = JSON.stringify({ ...typed, steps, styles: typed.styles ?? [], model: typed.model || null });
    if (body === told) return;
    told = body;
    asking?.abort();
    asking = new AbortController();
    try {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch("/api/v1/prompt/check", { method: "POST", headers, body, signal: asking.signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const answer = await response.json();
      showCount("field-prompt", "token-count", answer.tokens, answer.limit);
      showCount("field-negative_prompt", "negative-token-count", answer.negative_tokens, answer.negative_limit);
      showWarnings(answer.warnings);
    } catch (error) {
      if (error.name === "AbortError") return;
      told = ""; // asked again with the next change
      showWarnings([]);
    }
  }

  // Sent once the hand rests, with the form as it is then.
  window.addEventListener("darkroom:form", ({ detail }) => check(detail));
})();
