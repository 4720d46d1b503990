// One panel at a time: the row of buttons is a list of tabs, and the one that was open last is open again.

const panelTabs = [...part("tabs").children];

function showPanel(name) {
  document.documentElement.dataset.explore = name;
  for (const tab of panelTabs) {
    const chosen = tab.dataset.panel === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.setAttribute("aria-controls", `explore-${tab.dataset.panel}`);
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  window.darkroom.keepExplorer(name);
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

window.addEventListener("darkroom:show-explorer", ({ detail }) => showPanel(detail));

const kept = window.darkroom.keptExplorer();
showPanel(panelTabs.some((tab) => tab.dataset.panel === kept) ? kept : "map");
