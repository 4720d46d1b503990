// The parameters of the chosen picture, as they are written into its file, and what can be done with them.

class Parameters {
  constructor(onProblem) {
    this.onProblem = onProblem;
    this.picture = null; // {id, seed, infotext?}
    part("parameters").open = window.matchMedia("(min-width: 720px)").matches;
    part("copy").onclick = () => this.copy();
    part("reuse-seed").onclick = () => window.darkroom.fill({ fields: { seed: this.picture.seed } });
    part("reuse-all").onclick = () => this.fill({});
    part("to-txt2img").onclick = () => this.fill({ tab: "txt2img" });
    for (const tab of ["img2img", "inpaint"]) part(`to-${tab}`).onclick = () => this.sendPicture(tab);
  }

  async show(picture) {
    part("parameters").hidden = !picture;
    if (!window.darkroom.may("making")) return;
    window.darkroom.selectedSeed = picture?.seed ?? window.darkroom.selectedSeed;
    if (!picture || picture.id === this.picture?.id) return;
    this.picture = picture;
    const link = part("download");
    link.href = `/api/v1/images/${picture.id}?download=1`;
    link.download = "";
    const filmLink = part("download-film");
    filmLink.hidden = !picture.film;
    if (picture.film) Object.assign(filmLink, { href: `${picture.film}?download=1`, download: "" });
    if (picture.infotext === undefined) await this.fetchInfotext(picture);
    if (this.picture === picture) this.fillIn(picture.infotext ?? "");
  }

  async fetchInfotext(picture) {
    try {
      picture.infotext = (await api.parameters(picture.id)).infotext;
    } catch {
      picture.infotext = undefined; // asked again when the picture is chosen again
    }
  }

  /** The infotext has the prompt first, then "Negative prompt: ...", then one line of settings. */
  fillIn(infotext) {
    const lines = infotext.split("\n");
    const paragraphs = [];
    for (const line of lines) {
      const className = line.startsWith("Negative prompt: ") ? "negative" : line.startsWith("Steps: ") ? "settings" : "words";
      paragraphs.push(make("p", { className, textContent: line }));
    }
    part("infotext").replaceChildren(...paragraphs);
  }

  async copy() {
    part("copy-label").textContent = await window.darkroom.copy(this.picture?.infotext ?? "", part("infotext"));
    setTimeout(() => (part("copy-label").textContent = "Copy"), 2000);
  }

  sendPicture(tab) {
    const { id, width, height } = this.picture;
    return this.fill({ tab, picture: { id, width, height } });
  }

  /** Fill the form with what the picture was made with; `told` says where to go with it. */
  async fill(told) {
    try {
      // Picture i of a batch is the one that its own seeds give alone: its request has no batch.
      const fields = (await api.parameters(this.picture.id)).request;
      window.darkroom.fill({ fields, whole: true, ...told });
    } catch (problem) {
      this.onProblem(problem);
    }
  }
}
