// One panel at a time: the row of buttons is a list of tabs, and the one that was open last is open again.

const KEPT_PANEL = "darkroom.explore";
const panelTabs = [...part("tabs").children];

function keptPanel() {
  try {
    return localStorage.getItem(KEPT_PANEL);
  } catch {
    return null; // storage is blocked
  }
}

function keepPanel(name) {
  try {
    localStorage.setItem(KEPT_PANEL, name);
  } catch {
    // Storage is blocked: the first panel is shown after a reload.
  }
}

function showPanel(name) {
  document.documentElement.dataset.explore = name;
  for (const tab of panelTabs) {
    const chosen = tab.dataset.panel === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.setAttribute("aria-controls", `explore-${tab.dataset.panel}`);
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  keepPanel(name);
  window.dispatchEvent(new CustomEvent("darkroom:explore", { detail: name }));
}

const KEYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

part("tabs").addEventListener("keydown", (event) => {
  const move = KEYS[event.key];
  const at = panelTabs.indexOf(document.activeElement);
  if (move === undefined || at < 0) return;
  event.preventDefault();
  const next = panelTabs[between(0, at + move, panelTabs.length - 1)];
  showPanel(next.dataset.panel);
  next.focus();
});
for (const tab of panelTabs) tab.onclick = () => showPanel(tab.dataset.panel);

/** Turn to a panel from anywhere on the page. */
window.darkroom.showExplorer = (name) => {
  keepPanel(name); // for the case that the tab was never drawn
  window.darkroom.showTab("explore");
  showPanel(name);
};

const kept = keptPanel();
showPanel(panelTabs.some((tab) => tab.dataset.panel === kept) ? kept : "map");
