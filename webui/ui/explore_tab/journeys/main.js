// Joins the parts of the panel.

const filmStrip = new FilmStrip();
const filmPlayer = new FilmPlayer();

/** The stops that became pictures show them. */
function showThumbs() {
  const { told, frames } = travel;
  if (!told) return;
  let news = false;
  for (const { stop, url } of frames) {
    const planned = plan.stops[stop];
    if (!url || !planned || planned.thumb === url || !sameStop(planned, told.journey.stops[stop])) continue;
    planned.thumb = url;
    news = true;
  }
  if (!news) return;
  plan.keep();
  plan.stops.forEach((stop, index) => part("stops").children[index].querySelector(".stop-face").replaceWith(stopFace(stop, index)));
}

function sameStop(planned, made) {
  const words = (stop) => JSON.stringify([stop?.prompt, stop?.negative_prompt || "", stop?.seed, stop?.cfg_scale, stop?.blend ?? null]);
  return words(planned) === words(made);
}

plan.onChange((what) => what === "stops" && drawStops());
joinAdding();
joinManner();
joinFiles();
joinMaking();
joinExport();
travel.onChange(showThumbs);

/** Space plays, where no field has the focus. */
element.addEventListener("keydown", (event) => {
  const own = event.target.closest("input:not([type=range]), textarea, select, button, summary, a");
  if (event.key !== " " || own || !travel.frames.length) return;
  event.preventDefault();
  filmPlayer.toggle();
});
window.addEventListener("darkroom:explore", ({ detail }) => detail !== "journeys" && filmPlayer.pause());

/** Stops that other parts of the page add: the point of a map, a picture. */
function takeStops() {
  for (const { request, thumb } of window.darkroom.stopsToTake()) {
    const stop = Object.fromEntries(Object.entries(request).filter(([name, value]) => STOP_FIELDS.includes(name) && value !== null));
    plan.add({ ...stopFromForm(""), ...stop, thumb });
  }
}

window.addEventListener("darkroom:stop", takeStops);
plan.recall();
takeStops();
filmPlayer.show();
joinEarlier();
part("panel").dataset.ready = "true";
