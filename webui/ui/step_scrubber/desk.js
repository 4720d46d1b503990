// What lies on the desk: the recording that is looked at, which of its pictures, at which position, in which view.
// Every part of the tab listens here and changes nothing of the others.

const DESK_VIEWS = ["x0", "xt", "delta", "noise", "channels", "guidance"];
const recordingAddress = (id) => `/api/v1/trajectories/${id}`;

/** A recording's request with what the point of a picture says, where there are points. */
function requestOfRow({ request }, row) {
  return { ...request, ...(request.points?.[row] ?? {}), points: [] };
}

class Desk {
  constructor() {
    this.recording = null; // what the server tells of it (GET /api/v1/trajectories/{id})
    this.picture = 0; // its row in the recording
    this.position = 0; // 0 to recording.positions
    this.view = "x0";
    this.frames = null; // the FrameBook of this recording and picture
    this.model = null; // another checkpoint that was chosen because the recording's own is gone or changed
    this.listeners = new Map();
    this.opening = null; // the AbortController of the last `open`
  }

  /** The recording's request as it is for the chosen picture: of points, which walked together, each has its own. */
  get request() {
    return this.recording ? requestOfRow(this.recording, this.picture) : null;
  }

  /** The last position: what was decoded into the picture. */
  get last() {
    return this.recording?.positions ?? 0;
  }

  /**
   * Hear of changes: "recording" (another one, or null), "picture", "position", "view", "frames" ({view, position} that
   * can be drawn better now), "model", "opening" (an id, or null when it has ended). Position is told before the
   * frame's time is over: what takes longer than a millisecond belongs into `requestAnimationFrame`.
   */
  on(name, listener) {
    if (!this.listeners.has(name)) this.listeners.set(name, []);
    this.listeners.get(name).push(listener);
  }

  tell(name, detail) {
    for (const listener of this.listeners.get(name) ?? []) {
      try {
        listener(detail);
      } catch (fault) {
        reportError(fault); // a fault in one part must not keep the others from moving
      }
    }
  }

  /** Fetch a recording and lay it on the desk. Throws a problem when it cannot be had; the desk is then as before. */
  async open(id, { picture = 0, position = null, view = null } = {}) {
    this.opening?.abort();
    const opening = (this.opening = new AbortController());
    this.tell("opening", id);
    try {
      const recording = await window.darkroom.ask(recordingAddress(id), { signal: opening.signal });
      if (view) this.view = view;
      this.lay(recording, { picture, position });
      return true;
    } catch (problem) {
      if (problem.name === "AbortError") return false;
      throw problem;
    } finally {
      if (this.opening === opening) {
        this.opening = null;
        this.tell("opening", null);
      }
    }
  }

  lay(recording, { picture = 0, position = null } = {}) {
    const rows = recording?.pictures.map(({ row }) => row) ?? [];
    this.recording = recording;
    this.model = null;
    this.picture = rows.includes(picture) ? picture : (rows[0] ?? 0);
    this.position = between(0, position ?? this.last, this.last);
    this.turnFrames();
    this.tell("recording", recording);
    this.tell("picture", this.picture);
    this.tell("view", this.view);
    this.tell("position", this.position);
  }

  turnFrames() {
    this.frames?.close();
    const told = (detail) => this.tell("frames", detail);
    this.frames = this.recording ? new FrameBook(this.recording, this.picture, told, this.model) : null;
  }

  /** Fetch what the server says of the recording once more: it was pinned, or has a new branch. */
  async reload() {
    if (!this.recording) return;
    const { id } = this.recording;
    const recording = await window.darkroom.ask(recordingAddress(id));
    if (this.recording?.id !== id) return;
    this.recording = recording;
    this.tell("told", recording);
  }

  close() {
    this.opening?.abort();
    this.lay(null);
  }

  moveTo(position) {
    const wanted = between(0, Math.round(position), this.last);
    if (wanted === this.position) return;
    this.position = wanted;
    this.tell("position", wanted);
  }

  show(view) {
    if (view === this.view) return;
    this.view = view;
    this.tell("view", view);
  }

  choosePicture(row) {
    if (row === this.picture) return;
    this.picture = row;
    this.turnFrames();
    this.tell("picture", row);
  }

  /** Decode and look with another checkpoint than the recording's; null goes back to its own. */
  useModel(name) {
    this.model = name;
    this.turnFrames();
    this.tell("model", name);
  }
}

const desk = new Desk();
