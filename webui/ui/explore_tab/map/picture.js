// The picture at the point: it develops on the canvas, and what was made is shown again without being made again.

class PointPicture {
  /** `onPicture(request)` hears that the picture of a request is drawn. */
  constructor(onPicture, onProblem) {
    this.canvas = part("canvas");
    this.made = new Map(); // the request as text -> what came of it
    this.shown = null; // {request, made}, made being null until it is there
    this.onPicture = onPicture;
    const onNews = (words, share) => this.tell(words, share);
    const onDone = (made, request) => this.done(made, request);
    const failed = (problem) => {
      this.shown.key = null; // the same point may be tried again
      this.tell("");
      onProblem(problem);
    };
    this.developer = developing(this.canvas, { onNews, onPicture: (request) => this.drawn(request), onDone, onProblem: failed });
    part("to-txt2img").onclick = () => sendToTxt2img(this.shown.request);
    part("to-img2img").onclick = () => {
      const { made, request } = this.shown;
      sendToImg2img({ id: made.image, width: this.canvas.width, height: this.canvas.height }, request);
    };
    part("to-scrubber").onclick = () => sendToScrubber(this.shown.made);
    part("to-journey").onclick = () => {
      window.darkroom.addStop(this.shown.request, this.shown.made?.url);
      this.tell("Added to the journey");
    };
    this.showSends();
  }

  show(request) {
    const key = JSON.stringify(request);
    if (this.shown?.key === key) return;
    this.shown = { key, request, made: null };
    this.canvas.dataset.request = key;
    part("hint").hidden = true;
    this.showSends();
    const made = this.made.get(key);
    if (made) this.showAgain(made);
    else this.developer.start(request);
  }

  async showAgain(made) {
    this.developer.cancel();
    const { key } = this.shown;
    const bitmap = await fetch(made.url).then((answer) => answer.blob()).then(createImageBitmap).catch(() => null);
    if (this.shown.key !== key) return bitmap?.close();
    if (!bitmap) return this.developer.start(this.shown.request); // the server has lost it
    paintOn(this.canvas, bitmap);
    bitmap.close();
    this.canvas.dataset.state = "done";
    this.drawn(this.shown.request);
    this.done(made, this.shown.request);
  }

  drawn(request) {
    this.tell("");
    this.canvas.setAttribute("aria-label", `The picture at the point: ${inWords(request)}`);
    this.onPicture(request);
  }

  done(made, request) {
    this.made.set(JSON.stringify(request), made);
    this.shown.made = made;
    this.showSends();
  }

  tell(words, share = 0) {
    part("status").textContent = words;
    part("status").classList.toggle("alive", share > 0);
    part("bar").style.width = `${100 * share}%`;
  }

  showSends() {
    part("to-txt2img").disabled = !this.shown;
    part("to-journey").disabled = !this.shown;
    part("to-img2img").disabled = !this.shown?.made;
    part("to-scrubber").disabled = !this.shown?.made?.trajectory;
  }
}

/** What a request asks for, for those who cannot see its place. */
function inWords({ prompt, blend }) {
  if (!blend) return prompt;
  return blend.ideas.filter(({ weight }) => weight !== 0).map((idea) => `${Math.round(100 * idea.weight)} % ${idea.prompt}`).join(", ");
}
