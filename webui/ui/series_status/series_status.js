// Shows the series that something was said of last: how far it is, what came of it, and its picture.

let shown = null; // the series' id
let asked = false;

function words(series) {
  if (series.status === "running") return `${series.title}: ${series.done} of ${series.total} pictures`;
  if (series.status === "failed") return [series.error, series.hint].filter(Boolean).join(" ");
  if (series.status !== "done") return `${series.title}: cancelled`;
  return series.result.sentence ?? `${series.title}: ${series.total} pictures are done`;
}

function show(series) {
  shown = series.series ?? series.id;
  const box = part("status");
  box.hidden = false;
  box.dataset.series = shown;
  box.dataset.state = series.status;
  part("words").textContent = words(series);
  part("cancel").hidden = series.status !== "running";
  part("link").hidden = !series.url;
  if (!series.url) return;
  part("link").href = series.url;
  part("link").title = "Open it at its full size";
  part("image").src = series.url;
  part("image").alt = words(series);
}

part("cancel").onclick = async () => {
  try {
    show(await window.darkroom.ask(`/api/v1/series/${shown}`, { method: "DELETE" }));
  } catch (problem) {
    part("words").textContent = [problem.message, problem.hint].filter(Boolean).join(" ");
  }
};

/** A page that has just come: the newest series, if one still goes on. */
async function catchUp() {
  try {
    const [newest] = await window.darkroom.ask("/api/v1/series?limit=1");
    if (newest?.status === "running" && !window.darkroom.isOthers(newest)) show(newest);
  } catch {
    // The server is away; the next snapshot asks again.
  }
}

window.darkroom.listen((event) => {
  if (event.type === "series" && !window.darkroom.isOthers(event)) show(event);
  if (event.type !== "snapshot" || asked) return;
  asked = true;
  catchUp();
});
