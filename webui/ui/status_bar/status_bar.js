// Queue, device and connection at a glance; the theme switch; the list of keys.

const THEME_ICONS = { system: "monitor", dark: "moon", light: "sun" };
const THEME_NAMES = { system: "as the system", dark: "dark", light: "light" };
const CONNECTIONS = { connecting: "connecting", open: "", lost: "connection lost, trying again" };

function showTheme() {
  const { chosen } = window.darkroom.theme;
  part("theme-icon").className = `glyph icon-${THEME_ICONS[chosen()]}`;
  const words = `Theme: ${THEME_NAMES[chosen()]}`;
  part("theme").title = words;
  part("theme").setAttribute("aria-label", words);
}

function nextTheme() {
  const { choices, chosen, choose } = window.darkroom.theme;
  choose(choices[(choices.indexOf(chosen()) + 1) % choices.length]);
  showTheme();
}

const DTYPES = { bfloat16: "bf16", float16: "fp16", float32: "fp32" };
const WORKERS = { starting: "worker starting", down: "worker stopped" };

function showStatus({ worker, device, dtype }) {
  const place = [device, DTYPES[dtype] ?? dtype].filter(Boolean).join(" ");
  part("device").textContent = WORKERS[worker] ?? place;
}

let waiting = []; // ids of jobs that no worker has yet
let running = null;

function showWaiting(ids) {
  waiting = ids.filter((id) => id !== running);
  part("queue").hidden = waiting.length === 0;
  part("queue").textContent = `queue ${waiting.length}`;
}

const reactions = {
  connection({ state }) {
    part("connection").textContent = CONNECTIONS[state] ?? state;
    part("connection").dataset.state = state;
  },
  snapshot(event) {
    const jobs = event.jobs ?? [];
    running = jobs.find((job) => job.status === "running")?.id ?? null;
    showStatus(event.status ?? {});
    showWaiting(jobs.filter((job) => job.status === "queued").map((job) => job.id));
  },
  queued(event) {
    if (!waiting.includes(event.job)) showWaiting([...waiting, event.job]);
  },
  started(event) {
    running = event.job;
    showWaiting(waiting);
  },
  finished(event) {
    showWaiting(waiting.filter((id) => id !== event.job));
  },
  failed(event) {
    showWaiting(waiting.filter((id) => id !== event.job));
  },
  queue(event) {
    showWaiting(event.jobs.map((job) => job.id));
  },
  status: showStatus,
};

/** Who had to log in can log out. */
async function showLeave() {
  const me = await window.darkroom.me;
  part("leave").hidden = !me?.logged_in;
  const words = me?.name ? `Log out ${me.name}` : "Log out";
  part("leave").title = words;
  part("leave").setAttribute("aria-label", words);
}

async function leave() {
  await fetch("/logout", { method: "POST" }).catch(() => null);
  location.assign("/login");
}

part("theme").onclick = nextTheme;
part("leave").onclick = leave;
showLeave();
part("help").onclick = () => part("dialog").showModal();
part("close").onclick = () => part("dialog").close();
part("dialog").onclick = (event) => event.target === part("dialog") && part("dialog").close();
if (document.documentElement.dataset.keys === "apple") part("modifier").textContent = "Cmd";
showTheme();
window.darkroom.listen((event) => reactions[event.type]?.(event));
