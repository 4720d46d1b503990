// Recordings: what is kept of a walk, how much room they may take, and how to be rid of them. Every change is saved at
// once; the server answers with what holds then.

const ROUTE = "/api/v1/settings/recording";
const MB = 1_000_000;
const confirm = new Confirm();
let policy = null; // {record, budget_mb, used_bytes, count, pinned_bytes, pinned_count, folder}

function show(told) {
  policy = { pinned_bytes: 0, pinned_count: 0, ...told };
  const { record, budget_mb, used_bytes, count, pinned_bytes, pinned_count, folder } = policy;
  for (const choice of element.querySelectorAll("[name=record]")) choice.checked = choice.value === record;
  if (document.activeElement !== part("budget")) part("budget").value = budget_mb / 1000;
  const share = (bytes) => Math.min(100, (100 * bytes) / (budget_mb * MB));
  part("kept-bar").style.width = `${share(pinned_bytes)}%`;
  part("used-bar").style.width = `${share(used_bytes) - share(pinned_bytes)}%`;
  part("meter").setAttribute("aria-valuenow", Math.round(share(used_bytes)));
  const kept = pinned_count ? `, ${pinned_count.toLocaleString("en")} of them pinned` : "";
  const used = `${sizeOf(used_bytes)} of ${sizeOf(budget_mb * MB)} used by ${counted(count, "recording")}${kept}`;
  part("used").textContent = count ? used : "No recordings yet. The next picture makes the first.";
  if (!count && record === "off") part("used").textContent = "No recordings, and none are made.";
  part("meter").setAttribute("aria-valuetext", part("used").textContent);
  part("remove").disabled = count === pinned_count;
  if (folder) part("folder").textContent = folder;
}

let savedTimer = null;
function say(words) {
  clearTimeout(savedTimer);
  part("saved").textContent = words;
  savedTimer = setTimeout(() => (part("saved").textContent = ""), 4000);
}

async function load() {
  try {
    show(await window.darkroom.ask(ROUTE));
    tell(null);
  } catch (problem) {
    tell(problem);
  }
}

/** Change the policy; what the server refuses is told, and the fields show again what holds. */
async function change(values, words) {
  try {
    show(await window.darkroom.ask(ROUTE, { method: "PATCH", json: values }));
    tell(null);
    say(words);
  } catch (problem) {
    show(policy);
    part("budget").value = policy.budget_mb / 1000;
    tell(problem);
  }
}

async function changeBudget() {
  const gigabytes = part("budget").valueAsNumber;
  const budget_mb = Math.round(gigabytes * 1000);
  if (!policy || budget_mb === policy.budget_mb) return;
  const { min_mb = 1, max_mb = 1e7 } = policy;
  if (!(budget_mb >= min_mb && budget_mb <= max_mb)) {
    part("budget").value = policy.budget_mb / 1000;
    const range = `${min_mb / 1000} to ${(max_mb / 1000).toLocaleString("en")} GB`;
    return tell({ message: `This much space cannot be set aside: it must be from ${range}.` });
  }
  const fits = budget_mb * MB >= policy.used_bytes;
  const question = `Recordings take ${sizeOf(policy.used_bytes)} now. With ${gigabytes} GB the oldest are removed until they fit. Pictures stay.`;
  if (fits || (await confirm.ask(question, "Make it smaller"))) await change({ budget_mb }, "Saved");
  part("budget").value = policy.budget_mb / 1000;
}

async function removeOld() {
  const count = policy.count - policy.pinned_count;
  const size = sizeOf(policy.used_bytes - policy.pinned_bytes);
  const question = `Remove ${counted(count, "recording")} (${size})? The pictures stay, but their steps can no longer be seen or taken up again.`;
  if (!(await confirm.ask(question, "Remove"))) return;
  try {
    const { removed, freed_bytes } = await window.darkroom.ask("/api/v1/trajectories", { method: "DELETE" });
    await load();
    say(`${counted(removed, "recording")} removed, ${sizeOf(freed_bytes)} free again`);
  } catch (problem) {
    tell(problem);
  }
}

part("record").addEventListener("change", ({ target }) => change({ record: target.value }, "Saved; it holds from the next picture on"));
part("budget").addEventListener("change", changeBudget);
part("remove").onclick = removeOld;
// What is used grows with every picture; it is asked for when it can be seen.
window.addEventListener("darkroom:tab", ({ detail }) => detail === "settings" && load());
load();
