// Installations that run or have just failed, each with what it does and a way to stop it.

const tasks = new Map(); // by id, in the order in which they began

function takeTask(task) {
  const before = tasks.get(task.id);
  if (before && task.changes < before.changes) return; // an answer that was overtaken by an event
  if (["forgotten", "cancelled", "done"].includes(task.status)) tasks.delete(task.id);
  else tasks.set(task.id, task);
  if (task.status === "done" && (before || task.fresh !== false)) {
    say(`${task.title} is installed. Switch it on to use it.`);
    store.load();
    store.loadIndex();
  }
  showTasks();
}

async function loadTasks() {
  const told = await window.darkroom.ask(`${EXTENSIONS}/tasks`).catch(() => []);
  const list = Array.isArray(told) ? told : (told.tasks ?? []);
  for (const id of tasks.keys()) if (!list.some((task) => task.id === id)) tasks.delete(id);
  for (const task of list) if (task.status !== "done") takeTask(task);
  showTasks();
}

function taskRow(task) {
  const failed = task.status === "failed";
  const words = failed ? [task.error, task.hint].filter(Boolean).join(" ") : task.words || "waiting for its turn";
  const end = async () => {
    try {
      await window.darkroom.ask(`${EXTENSIONS}/tasks/${task.id}`, { method: "DELETE" });
      takeTask({ ...task, status: "forgotten" });
    } catch (problem) {
      tell(problem);
    }
  };
  return make("li", { className: "task", attributes: { "data-testid": "extension-task", "data-status": task.status } }, [
    paragraph(failed ? `${task.title} was not installed` : `Installing ${task.title}`, "task-title"),
    paragraph(words, "task-progress"),
    make("div", { className: "task-buttons" }, failed ? [button("Dismiss", "task-dismiss", end)] : []),
  ]);
}

function showTasks() {
  part("tasks").replaceChildren(...[...tasks.values()].map(taskRow));
  part("tasks").hidden = tasks.size === 0;
}
