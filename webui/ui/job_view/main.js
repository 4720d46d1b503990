// Joins the parts: events come in, the book of jobs is brought up to date, and what changed is shown.

const book = new JobBook();
const selection = new Selection();
const canvas = new PictureCanvas(part("stage"), part("canvas"));
const player = new FilmPlayer(part("player"), canvas);
const messages = new Messages();
const tellProblem = (problem) =>
  messages.show({ key: `call:${Date.now()}`, message: problem.message, hint: problem.hint });
const frames = new FrameStore(() => paint());
const film = new Filmstrip(choose);
const queueList = new QueueList(tellProblem);
const parameters = new Parameters(tellProblem);
const slider = part("slider");
const mayMake = window.darkroom.may("making"); // else it is the page of somebody who looks on
let runJob = null; // the job that "this run" shows: the running one, or the one that ran last
let workerStatus = {};
let announced = "";

function paint() {
  if (!selection.job) return;
  const frame = frames.at(selection.step, selection.last);
  part("stage").classList.toggle("developing", !frame);
  if (!frame) {
    player.show(null);
    return;
  }
  const what = frame.final ? "the finished picture" : `step ${frame.step} of ${selection.last}`;
  const prompt = selection.job.request.prompt ?? "";
  canvas.draw(frame, `${what}${prompt ? `: ${prompt}` : ""}`);
  player.show(frame.final ? selection.picture : null);
}

function showSlider() {
  const { last, step, hasSteps, picture } = selection;
  slider.disabled = !hasSteps;
  slider.max = last;
  slider.value = step;
  const words = picture && step >= last ? `finished, step ${last} of ${last}` : `step ${step} of ${last}`;
  slider.setAttribute("aria-valuetext", words);
  part("scrub").classList.toggle("alive", selection.job?.id === book.running);
  slider.style.setProperty("--done", `${last > 1 ? ((step - 1) / (last - 1)) * 100 : 100}%`);
  part("step-label").textContent = hasSteps ? `step ${step}/${last}` : "";
}

function showSelected() {
  const { job, picture } = selection;
  part("empty").hidden = Boolean(job);
  if (!job) return;
  const { width, height } = picture ?? job.request;
  canvas.prepare(job.id, { width, height });
  frames.turnTo(selection.key);
  frames.load(job.framesOf(selection.index));
  if (picture) frames.loadOne("final", picture.url);
  showSlider();
  paint();
  parameters.show(picture);
  part("open-recording").hidden = !picture?.trajectory;
}

function showProgress() {
  const running = book.running ? book.get(book.running) : null;
  const told = running ?? selection.job;
  part("status").textContent = statusText(running);
  part("status").classList.toggle("alive", Boolean(running));
  document.documentElement.toggleAttribute("data-working", Boolean(running));
  document.title = running?.stage === "stepping" ? `${running.step}/${running.totalSteps} Darkroom` : "Darkroom";
  part("interrupt").hidden = !running || !mayMake;
  part("skip").hidden = !running || !mayMake;
  part("follow").hidden = !running || (selection.job === running && selection.following);
  part("loading").hidden = !running;
  if (running) part("loading-fill").style.width = `${Math.round(100 * fractionOf(running))}%`;
  const news = told ? announcement(told) : null;
  if (news && news !== announced) part("announcer").textContent = announced = news;
}

function fractionOf(job) {
  if (job.stage === "loading") return job.loading.fraction;
  const done = job.batch * job.totalSteps + job.step;
  return done / (job.totalSteps * job.batchCount);
}

function statusText(running) {
  if (running) return describe(running);
  if (book.busyWith) return `${ownerInWords(book.busyWith.owner)} is making a picture`;
  if (book.waiting.length > 0) return workerStatus.worker === "starting" ? "waiting: the worker is starting" : "waiting";
  if (runJob && selection.job === runJob && runJob.ended) return describe(runJob);
  if (workerStatus.worker === "starting") return "the worker is starting";
  if (!mayMake) return "waiting for the next picture";
  return workerStatus.warming ? "loading the model ahead" : "ready";
}

function show() {
  showSelected();
  showProgress();
  queueList.show(book.waiting);
  film.show(runJob, selection.filmKey(runJob), frames.newest);
}

async function choose({ job, index, image }) {
  if (job) {
    const record = book.get(job);
    const live = job === book.running && !record.pictures.has(index);
    selection.choose(record, index, live);
    return show();
  }
  const record = await recordOf(image);
  const [place, picture] = [...record.pictures].find(([, known]) => known.id === image.id);
  Object.assign(picture, { trajectory: image.trajectory || picture.trajectory, row: image.row ?? picture.row });
  selection.choose(record, place, false);
  show();
}

/** The job of a finished picture with its frames, if the server still has them; else the picture alone. */
async function recordOf(image) {
  const queued = image.job && !image.job.startsWith("command-line"); // those of the command line were in no queue
  const known = queued ? book.jobs.get(image.job) : null;
  if (known?.made(image.id)) return known;
  const learnt = queued ? book.learn(image.job, await api.eventsOf(image.job)) : null;
  if (learnt?.made(image.id)) return learnt;
  const alone = new JobRecord(`image:${image.id}`);
  alone.stage = "done";
  alone.request = { width: image.width, height: image.height };
  alone.pictures.set(0, { ...image, url: `/api/v1/images/${image.id}` });
  return alone;
}

const reactions = {
  async snapshot(event) {
    book.applySnapshot(event);
    workerStatus = event.status ?? {};
    showWorkerProblem();
    const current = event.current?.find((told) => told.job && !book.isOthers(told))?.job;
    if (current) runJob = book.get(current);
    for (const past of event.current ?? []) if (!book.isOthers(past)) remark(past);
    if (runJob && selection.following) selection.choose(runJob, firstVisible(runJob), true);
    show();
    await film.loadFinished();
    if (!selection.job && film.finished.length > 0) await choose({ image: film.finished[0] });
    else show();
  },
  status(event) {
    workerStatus = event;
    showWorkerProblem();
  },
  started(event) {
    runJob = book.get(event.job);
    messages.clearAll("noted:", null); // what was said of an earlier job
    if (selection.following) selection.choose(runJob, 0, true);
  },
};

/** What keeps the worker from working, such as that there is no model; gone as soon as it is no longer so. */
function showWorkerProblem() {
  const { problem } = workerStatus;
  messages.clearAll("worker:", `worker:${problem}`);
  if (problem) messages.show({ key: `worker:${problem}`, message: problem });
}

function firstVisible(job) {
  return job.batch * job.batchSize;
}

/** Messages that an event brings with it. */
function remark(event) {
  if (event.type === "failed") {
    messages.clearAll(`lost:${event.job}`);
    messages.show({ key: `failed:${event.job}`, message: event.error, hint: event.hint });
  } else if (event.type === "worker_lost" && event.retrying) {
    // When it is not tried again, a `failed` event follows and says the same.
    const hint = "The picture is begun again in a new worker.";
    messages.show({ key: `lost:${event.job}`, kind: "warning", message: event.message, hint });
  } else if (event.type === "noted") {
    messages.show({ key: `noted:${event.job}:${event.text}`, kind: "note", message: event.text });
  } else if (event.type === "series" && event.picture) {
    film.addFinished({ ...event, id: event.picture, job: null }); // the grid or plot that came of a series
  } else if (event.type === "image_done") {
    film.addFinished({ id: event.image, ...event });
    if (event.saved === false) {
      const action = { name: "Download it", address: `/api/v1/images/${event.image}?download=1` };
      const message = event.warning ?? "The picture is not saved.";
      messages.show({ key: `unsaved:${event.image}`, kind: "warning", message, action });
    }
  }
}

function onEvent(event) {
  if (event.type === "connection") return;
  if (event.type === "snapshot") return reactions.snapshot(event);
  const others = book.isOthers(event) || window.darkroom.isOthers(event);
  const job = book.apply(event);
  if (others) return show();
  reactions[event.type]?.(event);
  remark(event);
  if (job) selection.advance(job);
  show();
}

slider.addEventListener("input", () => {
  selection.scrubTo(Number(slider.value));
  showSlider();
  showProgress();
  paint();
});
part("interrupt").onclick = () => book.running && api.cancel(book.running).catch(tellProblem);
part("skip").onclick = () => book.running && api.skip(book.running).catch(tellProblem);
part("open-recording").onclick = () => {
  const { picture, step, last } = selection;
  const position = step < last ? step : null; // null is the end: some samplers have two positions for a step
  window.darkroom.openRecording({ trajectory: picture.trajectory, picture: picture.row, position });
};
part("follow").onclick = () => {
  if (!book.running) return;
  const job = book.get(book.running);
  selection.choose(job, firstVisible(job), true);
  show();
};
window.addEventListener("darkroom:generate", () => {
  selection.following = true;
});

showExamples();
watch("value", showExamples);
window.darkroom.listen(onEvent);
if (!mayMake) window.darkroom.pageReady();
