// A picture that develops on a canvas: a request becomes a job, its previews are drawn as they come, then the picture.

function paintOn(canvas, bitmap) {
  const { width, height } = bitmap;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0);
}

/** Draws frames by their order: previews may be decoded out of it, and an older one never covers a newer one. */
class FrameDrawer {
  constructor(canvas, signal) {
    Object.assign(this, { canvas, signal, newest: 0, waiting: [] });
  }

  draw(address, order, state) {
    const drawn = this.fetch(address, order, state).catch(() => false); // a lost preview is no problem: others follow
    this.waiting.push(drawn);
    return drawn;
  }

  async fetch(address, order, state) {
    const response = await fetch(address, { signal: this.signal });
    if (!response.ok) return false;
    const bitmap = await createImageBitmap(await response.blob());
    const timely = !this.signal.aborted && order > this.newest;
    if (timely) {
      this.newest = order;
      paintOn(this.canvas, bitmap);
      this.canvas.dataset.state = state;
    }
    bitmap.close();
    return timely;
  }

  settled() {
    return Promise.all(this.waiting);
  }
}

/**
 * Makes a canvas show what is asked for last: `start(request)` cancels the job before, `cancel()` ends it.
 *
 * `onNews(words, share)` hears how it goes, `onPicture(request)` that the finished picture is drawn, `onDone(made,
 * request)` gets {job, image, url, trajectory, row} once its recording is kept, too; `onProblem(problem)` what went
 * wrong. The canvas tells in its data: `state` is "waiting", "preview", "done" or "failed".
 */
function developing(canvas, { onNews = () => {}, onPicture = () => {}, onDone = () => {}, onProblem = () => {} } = {}) {
  let working = null;

  async function make(request, signal) {
    const frames = new FrameDrawer(canvas, signal);
    const hear = (words, share, event) => {
      if (signal.aborted) return;
      onNews(words, share);
      const [preview] = event?.previews ?? [];
      if (event?.type === "step_done" && preview) frames.draw(preview, event.index, "preview");
      if (event?.type !== "image_done") return;
      const address = event.url ?? `/api/v1/images/${event.image}`;
      frames.draw(address, Infinity, "done").then((drawn) => drawn && onPicture(request));
    };
    const made = await window.darkroom.makePicture(request, { onNews: hear, signal });
    await frames.settled();
    return made;
  }

  async function start(request) {
    working?.abort();
    const mine = (working = new AbortController());
    canvas.dataset.state = "waiting";
    try {
      const made = await make(request, mine.signal);
      if (working === mine) onDone(made, request);
    } catch (problem) {
      if (mine.signal.aborted) return;
      canvas.dataset.state = "failed";
      onProblem(problem);
    } finally {
      if (working === mine) working = null;
    }
  }

  function cancel() {
    working?.abort();
    working = null;
  }

  return { start, cancel };
}
