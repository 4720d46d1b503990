// The waiting jobs, each with a button that cancels it.

const MOST_LISTED = 50;

class QueueList {
  constructor(onProblem) {
    this.onProblem = onProblem;
    this.shown = "";
  }

  show(waiting) {
    const key = JSON.stringify(waiting);
    if (key === this.shown) return; // leaves the focus on a button where it is
    this.shown = key;
    part("queue").hidden = waiting.length === 0;
    part("queue-title").textContent = waiting.length === 1 ? "1 job waiting" : `${waiting.length} jobs waiting`;
    const items = waiting.slice(0, MOST_LISTED).map((job) => this.item(job));
    const rest = waiting.length - items.length;
    if (rest > 0) items.push(make("li", { textContent: `and ${rest} more` }));
    part("queue-items").replaceChildren(...items);
  }

  item(job) {
    const prompt = job.prompt?.trim() || "(no prompt)";
    const cancel = make(
      "button",
      {
        type: "button",
        className: "quiet icon-only",
        title: "Cancel this job",
        onclick: () => this.cancel(job, cancel),
        attributes: { "aria-label": `Cancel: ${prompt.slice(0, 80)}`, "data-testid": "queue-cancel" },
      },
      [icon("x")],
    );
    const whose = window.darkroom.isOthers(job) ? `${ownerInWords(job.owner)}: ` : "";
    const words = make("span", { className: "queue-prompt", textContent: `${whose}${prompt}` });
    const place = make("span", { className: "queue-place", textContent: job.position > 0 ? jobsBefore(job.position) : "next" });
    return make("li", { attributes: { "data-testid": "queue-item", "data-job": job.id } }, [words, place, cancel]);
  }

  async cancel(job, button) {
    button.disabled = true;
    try {
      await api.cancel(job.id);
    } catch (problem) {
      button.disabled = false;
      this.onProblem(problem);
    }
  }
}
