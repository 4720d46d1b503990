// The frames of a journey at full size, nearest to the slider first. They are finished files: that a picture is being
// made holds none of them up.

const JOURNEY_VIEW = "journey";

class JourneyFrames extends SharpFrames {
  constructor(frames, { width, height }, told) {
    super({
      count: frames.length,
      frameBytes: 4 * width * height,
      addressOf: (_view, position) => this.frames[position]?.url ?? null,
      onlyHere: () => false,
      told,
    });
    this.frames = frames;
  }

  get reach() {
    return this.count;
  }

  /** More of them are made by now. */
  renew(frames) {
    this.frames = frames;
    this.pump();
  }

  bitmapAt(position) {
    return this.at(JOURNEY_VIEW, position);
  }
}
