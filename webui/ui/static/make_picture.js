// Have one picture made and wait for it: for parts of the page that go on with the recording of what they asked for.
(() => {
  "use strict";

  const RECORDING_MS = 10_000; // a recording is written within moments of its picture

  function problem(message, hint = "") {
    return Object.assign(new Error(message), { hint });
  }

  /** What an event of the job says, in words, and which share of the way it is. */
  function newsOf(event) {
    switch (event.type) {
      case "queued":
        return ["waiting for its turn", 0];
      case "started":
        return ["starting", 0];
      case "model_loading":
        return [`loading weights ${Math.round(100 * event.fraction)} %`, 0];
      case "step_done":
        return [`step ${event.index} of ${event.total}`, event.index / event.total];
      case "decoding":
        return ["decoding", 1];
      case "image_done":
        return ["saving", 1];
      default:
        return null;
    }
  }

  /** An answer of the server that may be there in a moment; null when it does not come. */
  async function soon(address) {
    for (const end = Date.now() + RECORDING_MS; ; ) {
      try {
        return await window.darkroom.ask(address);
      } catch (error) {
        if (error.status !== 404 || Date.now() > end) return null;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Where the steps of a picture are kept: {trajectory, row}; null and 0 for one that was made without a recording. */
  async function recordingOf({ image, trajectory, row }) {
    // The same picture may have been made before: only its job's own word tells which recording is this one's.
    if (trajectory === "") return { trajectory: null, row: 0 };
    if (trajectory) return (await soon(`/api/v1/trajectories/${trajectory}`)) ? { trajectory, row } : { trajectory: null, row: 0 };
    return (await soon(`/api/v1/images/${image}/trajectory`)) ?? { trajectory: null, row: 0 };
  }

  /** The events of a job from its beginning, one after the other, until it ends. */
  async function* eventsOf(job, signal) {
    const response = await fetch(`/api/v1/jobs/${job}/events`, { signal });
    if (!response.ok) throw problem(`The server answered ${response.status}.`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let rest = ""; ; ) {
        const { done, value } = await reader.read();
        if (done) return;
        const lines = (rest + value).split("\n");
        rest = lines.pop();
        for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice("data: ".length));
      }
    } finally {
      reader.cancel().catch(() => {}); // a browser has six connections to a host, and this is one of them
    }
  }

  async function follow(job, onNews, signal) {
    let made = null;
    for await (const event of eventsOf(job, signal)) {
      const news = newsOf(event);
      if (news) onNews(...news, event);
      if (event.type === "image_done") made ??= event;
      if (event.type === "failed") throw problem(event.error, event.hint);
      if (event.type === "finished" && !made) throw problem("The picture was not made: its job was cancelled.");
    }
    if (!made) throw problem("The connection to the server was lost.", "The picture may still be made; look at txt2img.");
    return made;
  }

  /**
   * Submit a request and wait for its first picture.
   *
   * `onNews(words, share, event)` hears how it goes; `signal` cancels the job. Returns {job, image, url, trajectory,
   * row}, where `trajectory` is null when recording is switched off. Throws what `window.darkroom.ask` throws.
   */
  window.darkroom.makePicture = async (request, { onNews = () => {}, signal } = {}) => {
    // Not taken back by the signal: the server may have accepted it by then, and only its id can cancel it.
    const { id: job } = await window.darkroom.ask("/api/v1/jobs", { json: request });
    const cancel = () => window.darkroom.ask(`/api/v1/jobs/${job}`, { method: "DELETE" }).catch(() => {});
    if (signal?.aborted) {
      cancel();
      throw signal.reason;
    }
    signal?.addEventListener("abort", cancel);
    try {
      onNews("waiting for its turn", 0);
      const done = await follow(job, onNews, signal);
      return { job, image: done.image, url: done.url ?? `/api/v1/images/${done.image}`, ...(await recordingOf(done)) };
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  };
})();
