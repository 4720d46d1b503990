// Plays a film in the place of its first frame, when the chosen picture is one and its end is looked at.

class FilmPlayer {
  constructor(video, canvas) {
    this.video = video;
    this.canvas = canvas; // a PictureCanvas, which knows how large the stage shows it
    new ResizeObserver(() => this.fit()).observe(canvas.stage);
  }

  /** Show the film of a picture (null: none). The canvas keeps its size and its place, and is seen again without one. */
  show(picture) {
    const address = picture?.film ?? "";
    if (this.video.getAttribute("src") !== address) this.load(address);
    this.video.hidden = !address;
    if (!address) return;
    this.fit();
    this.canvas.hide();
  }

  fit() {
    const { width, height } = this.canvas.canvas.style;
    Object.assign(this.video.style, { width, height });
  }

  load(address) {
    if (address) {
      this.video.src = address;
      return;
    }
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load(); // lets go of the film that was loaded
  }
}
