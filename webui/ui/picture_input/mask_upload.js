// Keeps the server's copy of the mask up to date: shortly after the last stroke, and at once before a job is sent.

const QUIET_MS = 600; // without a stroke, until the mask is sent

class MaskUpload {
  /** `told(id)` hears which mask the server has now; null where nothing is painted. */
  constructor(painter, told) {
    this.painter = painter;
    this.told = told;
    this.version = this.sent = 0; // of the mask as it is, and as the server has it
    this.running = null;
    this.timer = 0;
  }

  changed() {
    this.version++;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush().catch(notes.problem), QUIET_MS);
  }

  /** What is painted now, the server has already. */
  settled() {
    clearTimeout(this.timer);
    this.sent = this.version;
  }

  /** Resolves when the server has the mask as it is now. Raises Problem. */
  async flush() {
    clearTimeout(this.timer);
    while (this.sent !== this.version) {
      this.running ??= this.send().finally(() => (this.running = null));
      await this.running;
    }
  }

  async send() {
    const { version } = this;
    const { mask } = this.painter;
    const id = !mask || mask.empty ? null : (await upload(await encodedMask(mask))).id;
    if (mask !== this.painter.mask) return; // another picture was chosen meanwhile
    this.sent = version;
    this.told(id);
  }
}
