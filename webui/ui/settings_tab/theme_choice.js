// The page's colours: Darkroom's own, or those of an extension. Kept by the server, so that every browser has them.

const THEMES = "/api/v1/extensions/themes";

class ThemeChoice {
  constructor() {
    this.told = null; // {chosen, themes: [{name, label, extension}]}
    part("theme").onchange = () => this.choose(part("theme").value || null);
    window.darkroom.listen((event) => {
      if (["snapshot", "extensions_changed"].includes(event.type)) this.load();
    });
  }

  async load() {
    try {
      this.show(await window.darkroom.ask(THEMES));
    } catch (problem) {
      panelMessage(part("theme-messages"), problem);
    }
  }

  async choose(chosen) {
    try {
      this.show(await window.darkroom.ask(THEMES, { method: "PATCH", json: { chosen } }));
      window.darkroom.renewTheme();
      part("theme-messages").replaceChildren();
    } catch (problem) {
      this.show(this.told);
      panelMessage(part("theme-messages"), problem);
    }
  }

  show(told) {
    if (!told) return;
    this.told = told;
    const choices = told.themes.map(({ name, label }) => new Option(label, name));
    part("theme").replaceChildren(new Option("Darkroom's own", ""), ...choices);
    part("theme").value = told.chosen ?? "";
    const hint = told.themes.length ? "Each has a dark and a light side; the button at the top of the page turns from one to the other." : "Extensions can bring more; none that is on does.";
    part("theme-hint").textContent = hint;
  }
}

new ThemeChoice();
