// The picture that is looked at: where its latents come from, how they are without the edits, and how with them.

class Inspection {
  constructor(list) {
    this.list = list;
    this.picture = null; // {id, width, height, prompt}, and its recording if that is known already
    this.recording = null; // {trajectory, row} of a picture that was made here, while it can be used
    this.origin = "picture"; // or "recording"
    this.before = null; // {told, bitmap, channels} without edits
    this.after = null; // the same with them
    this.heard = { picture: [], after: [], busy: [], problem: [] };
    this.asking = new Newest((edits, signal) => this.fetch(edits, signal), {
      onAnswer: (after) => this.take(after),
      onProblem: (problem) => this.tell("problem", problem),
      onBusy: (busy) => this.tell("busy", busy),
    });
    list.onChange(() => this.ask());
  }

  /** Hear of "picture" (another one), "after" (what the edits made), "busy" and "problem". */
  on(what, hear) {
    this.heard[what].push(hear);
  }

  tell(what, news) {
    for (const hear of this.heard[what]) hear(news);
  }

  /** What is told of the latents: their shape, size and so on. */
  get told() {
    return this.before?.told ?? null;
  }

  get source() {
    const { trajectory, row } = this.recording ?? {};
    return this.origin === "recording" ? { kind: "recording", trajectory, picture: row } : { kind: "picture", picture: this.picture.id };
  }

  /** Look at another picture. Throws a problem. */
  async open(picture) {
    const recording = picture.recording === undefined ? await latentsApi.recordingOf(picture.id) : picture.recording;
    this.asking.drop();
    Object.assign(this, { picture, recording });
    if (!recording) return this.from("picture");
    try {
      await this.from("recording");
    } catch {
      this.recording = null; // of a model that is gone: what the encoder says can still be seen
      await this.from("picture");
    }
  }

  /** Take the latents from the recording, or from the encoder. Throws a problem. */
  async from(origin) {
    this.asking.drop();
    this.origin = origin;
    const before = await this.fetch([]);
    this.release();
    this.before = this.after = before;
    const { channels, latent_width: width, latent_height: height } = before.told;
    this.tell("picture");
    this.list.refit({ channels: channels.length, width, height });
  }

  ask() {
    if (!this.before) return;
    const edits = this.list.asked();
    if (edits.length) return this.asking.put(edits);
    this.asking.drop();
    this.tell("busy", false);
    this.take(this.before);
  }

  async fetch(edits, signal) {
    // The recording's own model answers for its walk, whatever the form has chosen.
    const model = this.origin === "recording" ? null : chosenModel();
    const told = await latentsApi.inspect({ source: this.source, edits, model }, signal);
    const [bitmap, channels] = await Promise.all([
      fetchPicture(told.picture_url, signal).then(createImageBitmap),
      loadChannels(told, signal),
    ]);
    return { told, bitmap, channels };
  }

  take(after) {
    if (this.after !== this.before && this.after !== after) this.after?.bitmap.close();
    this.after = after;
    this.tell("after");
  }

  release() {
    for (const shown of new Set([this.before, this.after])) shown?.bitmap.close();
  }
}
