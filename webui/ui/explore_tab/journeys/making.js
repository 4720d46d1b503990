// "Make the journey": sends the plan, shows how far it is, and can stop it.

const STATUS_WORDS = { running: "making", cancelling: "stopping", done: "done", failed: "failed", cancelled: "stopped" };

function journeyInWords({ status, phase, done, total, frames }) {
  if (status === "running" && phase === "measuring") return `measuring how far the pictures lie apart: ${done} of ${total}`;
  if (status === "running") return `${done} of ${total} pictures`;
  if (status !== "done" && phase === "measuring") return `${STATUS_WORDS[status]} while measuring`;
  if (status !== "done") return `${STATUS_WORDS[status]} at ${frames.filter(({ image }) => image).length} of ${frames.length} frames`;
  return `${frames.length} frames`;
}

async function makeJourney() {
  if (travel.going || part("make").disabled) return;
  problemAt(part("messages"), null);
  const wrong = part("stops").querySelector("[aria-invalid=true]");
  if (wrong) {
    problemAt(part("messages"), { message: "A number of a stop cannot be used.", hint: "Mend the field that is framed in red." });
    return wrong.focus();
  }
  part("make").disabled = true;
  try {
    const { id } = await journeyApi.begin(plan.document());
    await travel.open(id);
  } catch (problem) {
    problemAt(part("messages"), problem);
  } finally {
    showMaking();
  }
}

async function cancelJourney() {
  try {
    travel.show({ ...travel.told, ...(await journeyApi.cancel(travel.id)) });
    travel.askSoon();
  } catch (problem) {
    problemAt(part("messages"), problem);
  }
}

function showMaking() {
  const { told, going } = travel;
  const { frames } = plan;
  const seconds = frames / plan.manner.fps;
  part("length").textContent = `${frames} frames · ${seconds.toFixed(1)} s`;
  part("make").disabled = going;
  part("cancel").hidden = !going;
  part("progress").hidden = !going;
  part("bar").style.width = told ? `${(100 * told.done) / Math.max(1, told.total)}%` : "0";
  part("status").textContent = told ? journeyInWords(told) : "";
  part("status").classList.toggle("alive", going);
  if (told?.phase === "measuring") showMeasuring(going);
  part("panel").dataset.status = told?.status ?? "";
}

/** In the place of the film, as long as there is none. */
function showMeasuring(going) {
  part("nothing-title").textContent = going ? "Measuring the way" : "No frames yet";
  const words = "Quick pictures are made first. How far they look apart says where the frames stand.";
  part("nothing-text").textContent = going ? words : "This journey ended while the way was measured. Press Make the journey to begin again.";
}

let toldProblem = null; // the journey whose failure has been shown

function showFailure() {
  const { told } = travel;
  if (told?.status !== "failed" || toldProblem === told.id) return;
  toldProblem = told.id;
  problemAt(part("messages"), { message: told.error ?? "The journey could not be made.", hint: told.hint });
}

function joinMaking() {
  part("make").onclick = makeJourney;
  part("cancel").onclick = cancelJourney;
  plan.onChange(showMaking);
  travel.onChange(() => {
    showMaking();
    showFailure();
  });
}
