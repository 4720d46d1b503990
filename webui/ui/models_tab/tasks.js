// Downloads, merges and conversions that run or have just ended, each with its progress and a way to stop it.

const ADDRESSES = { download: "downloads", merge: "merges", convert: "conversions" };
const DOING = { download: "Downloading", merge: "Merging", convert: "Converting" };
const tasks = new Map(); // by id, in the order in which they began
const speeds = new Map(); // id: {at, done, rate}
const rows = new Map();

/** Ask for something that takes long; what it does then comes as events. */
async function beginTask(address, json, button) {
  button.disabled = true;
  try {
    takeTask(await window.darkroom.ask(address, { json }));
    tell(null);
    return true;
  } catch (problem) {
    tell(problem);
    return false;
  } finally {
    button.disabled = false;
  }
}

async function loadTasks() {
  const told = await window.darkroom.ask(`${MODELS}/tasks`).catch(() => []);
  for (const id of tasks.keys()) if (!told.some((task) => task.id === id)) tasks.delete(id);
  for (const task of told.reverse()) takeTask(task);
}

function takeTask(task) {
  const before = tasks.get(task.id);
  if (before && task.changes < before.changes) return; // an answer that was overtaken by an event
  if (["forgotten", "cancelled"].includes(task.status)) tasks.delete(task.id);
  else tasks.set(task.id, task);
  if (before && before.status !== "done" && task.status === "done") {
    say(`${task.result} is here.`);
    store.load();
  }
  if (task.status === "done" && !before) tasks.delete(task.id); // it ended before this page was there
  measure(task);
  showTasks();
}

/** Bytes a second over the last moments. */
function measure(task) {
  const now = performance.now() / 1000;
  const last = speeds.get(task.id);
  if (task.status !== "running") return speeds.delete(task.id);
  if (!last) return speeds.set(task.id, { at: now, done: task.done, rate: 0 });
  const passed = now - last.at;
  if (passed < 0.5) return;
  const rate = (task.done - last.done) / passed;
  speeds.set(task.id, { at: now, done: task.done, rate: last.rate ? 0.7 * last.rate + 0.3 * rate : rate });
}

function timeInWords(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}

function progressInWords(task) {
  if (task.status === "queued") return "waiting for its turn";
  if (task.work !== "download") return [task.words || "starting", task.total ? `${Math.round((100 * task.done) / task.total)} %` : ""].filter(Boolean).join(" · ");
  const rate = speeds.get(task.id)?.rate ?? 0;
  const size = task.total ? `${sizeOf(task.done)} of ${sizeOf(task.total)}` : sizeOf(task.done);
  const left = task.total && rate > 0 ? timeInWords((task.total - task.done) / rate) : "";
  return [task.done ? size : "connecting", rate > 0 ? `${sizeOf(rate)}/s` : "", left].filter(Boolean).join(" · ");
}

function smallButton(words, name, run) {
  const button = make("button", { type: "button", className: "quiet", textContent: words, attributes: { "data-testid": name } });
  button.onclick = async () => {
    button.disabled = true;
    try {
      takeTask(await run());
    } catch (problem) {
      button.disabled = false;
      tell(problem);
    }
  };
  return button;
}

function taskButtons(task) {
  const address = `${MODELS}/${ADDRESSES[task.work]}/${task.id}`;
  const end = () => window.darkroom.ask(address, { method: "DELETE" });
  if (["queued", "running"].includes(task.status)) return [smallButton("Cancel", "task-cancel", end)];
  const again = smallButton("Try again", "task-retry", () => window.darkroom.ask(`${address}/retry`, { method: "POST" }));
  const forget = smallButton("Dismiss", "task-dismiss", end);
  return task.status === "failed" ? [again, forget] : [forget];
}

class TaskRow {
  constructor() {
    this.words = make("p", { className: "task-title" });
    this.progress = make("p", { className: "task-progress" });
    this.bar = make("span");
    this.meter = make("div", { className: "task-bar", attributes: { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 } }, [this.bar]);
    this.buttons = make("div", { className: "task-buttons" });
    this.node = make("li", { className: "task", attributes: { "data-testid": "model-task" } }, [this.words, this.progress, this.buttons, this.meter]);
  }

  update(task) {
    const active = ["queued", "running"].includes(task.status);
    const title = { done: `${task.result} is in the list`, failed: `${DOING[task.work]} ${task.title} did not work` }[task.status];
    this.words.textContent = title ?? `${DOING[task.work]} ${task.title}`;
    this.progress.textContent = active ? progressInWords(task) : [task.error, task.hint].filter(Boolean).join(" ");
    this.node.dataset.status = task.status;
    this.meter.hidden = !active;
    const share = task.total ? (100 * task.done) / task.total : 0;
    this.bar.style.width = `${share}%`;
    this.meter.setAttribute("aria-valuenow", Math.round(share));
    this.meter.setAttribute("aria-label", this.words.textContent);
    if (this.status !== task.status) this.buttons.replaceChildren(...taskButtons(task));
    this.status = task.status;
  }
}

function showTasks() {
  for (const [id, row] of rows) {
    if (tasks.has(id)) continue;
    row.node.remove();
    rows.delete(id);
  }
  for (const task of tasks.values()) {
    if (!rows.has(task.id)) {
      rows.set(task.id, new TaskRow());
      part("tasks").append(rows.get(task.id).node);
    }
    rows.get(task.id).update(task);
  }
  part("tasks").hidden = tasks.size === 0;
}
