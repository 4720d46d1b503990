// Joins the parts of the panel.

recallDraft();
const fields = { base: new ExpressionField("base"), direction: new ExpressionField("direction") };
new LineView(showChosen);

function draftChanged() {
  keepDraft();
  Object.values(fields).forEach((field) => field.readSoon());
}

function showNumbers() {
  for (const name of ["from", "to", "count"]) part(name).value = draft[name];
}

for (const name of ["from", "to", "count"]) {
  part(name).addEventListener("input", ({ target }) => {
    target.setAttribute("aria-invalid", String(!target.validity.valid));
    if (!target.validity.valid) return;
    draft[name] = target.valueAsNumber;
    keepDraft();
  });
}

for (const [name, beginning] of Object.entries(BEGINNINGS)) {
  part(`begin-${name}`).onclick = () => {
    Object.assign(draft, beginning);
    for (const [expression, field] of Object.entries(fields)) field.set(draft[expression]);
    showNumbers();
    draftChanged();
  };
}

/** The two ways into one sentence: how the pictures come, or where they leave the normal range. */
function showStatus() {
  const { working, points } = line;
  part("draw").hidden = Boolean(working);
  part("cancel").hidden = !working;
  part("skip").hidden = !line.measuring;
  part("progress").hidden = !working;
  part("bar").style.width = `${points.length ? (100 * line.done) / points.length : 0}%`;
  part("status").classList.toggle("alive", Boolean(working));
  part("status").textContent = working && points.length ? progressInWords() : "";
  part("verdict").textContent = verdict();
  part("panel").dataset.state = working ? "drawing" : points.length && line.done === points.length ? "drawn" : "";
}

/** Pictures of a line are made when nothing else is to be done. */
function progressInWords() {
  if (line.measuring) return "measuring what is normal for this model, once";
  const waits = document.documentElement.hasAttribute("data-working") ? " · after the job that runs" : "";
  return `${line.done} of ${line.points.length} pictures${waits}`;
}

function verdict() {
  if (!line.points.length || line.working) return "";
  const at = line.crossings().map((factor) => factorInWords(Number(factor.toFixed(1))));
  if (line.edge === null) return "The normal range of this model is not known, so there is no edge to draw.";
  if (at.length) return `The line crosses the edge of the normal at about ${new Intl.ListFormat("en").format(at)} times the direction.`;
  const strange = line.points.every(({ strangeness, lost }) => lost || strangeness > line.edge);
  return strange ? "All of this line lies beyond the normal range." : "All of this line lies within the normal range. Go farther to find its edge.";
}

/** A fault in an expression is shown at its field; anything else as a message. */
function tellProblem(problem) {
  if (problem.name === "AbortError") return;
  const field = fields[problem.field];
  if (!field || problem.at === null || problem.at === undefined) return problemAt(part("messages"), problem);
  field.show(problem);
  field.choose(problem);
}

part("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  problemAt(part("messages"), null);
  try {
    const drawn = line.draw();
    showStatus();
    await drawn;
  } catch (problem) {
    tellProblem(problem);
  } finally {
    showStatus();
  }
});
part("cancel").onclick = () => {
  line.cancel();
  showStatus();
};
part("skip").onclick = () => line.skipEdge();
line.onChange(showStatus);

function showShared() {
  part("shared").textContent = `${baseInWords(baseRequest())} · as in txt2img`;
}

window.addEventListener("darkroom:form", showShared);
joinIdeas();
joinChosen();
showNumbers();
showShared();
part("panel").dataset.ready = "true";
