// Which picture is large, which of its steps is shown, and whether the view follows what is developing.

class Selection {
  constructor() {
    this.job = null; // a JobRecord
    this.index = 0;
    this.step = 1;
    this.following = true; // at the newest step, and on to the next picture when one starts
  }

  get key() {
    if (!this.job) return null;
    return `${this.job.id}:${this.index}:${this.job.attempt}`;
  }

  /** The key under which the filmstrip knows the picture. */
  filmKey(runJob) {
    if (!this.job) return null;
    if (this.job === runJob) return `${this.job.id}:${this.index}`;
    return `image:${this.picture?.id}`;
  }

  get picture() {
    return this.job?.pictures.get(this.index) ?? null;
  }

  /** The last step that there is or will be; a walk that was stopped ends where it stopped. */
  get last() {
    const walk = this.job?.walkOf(this.index);
    if (!walk) return 1;
    return this.job.ended && !this.picture ? this.reached : walk.total;
  }

  get reached() {
    const steps = this.job?.walkOf(this.index)?.steps ?? [];
    return Math.max(steps.length - 1, 0);
  }

  get hasSteps() {
    return this.reached > 0;
  }

  choose(job, index, following) {
    this.job = job;
    this.index = index;
    this.following = following;
    this.step = this.picture ? this.last : Math.max(this.reached, 1);
  }

  /** Move on with the job, if this is the picture that is followed. */
  advance(job) {
    if (!this.following || job !== this.job) return;
    const place = this.index % job.batchSize;
    this.index = job.batch * job.batchSize + place;
    this.step = this.picture ? this.last : Math.max(this.reached, 1);
  }

  /** The user moved the slider: at the newest step the view goes on following. */
  scrubTo(step) {
    const newest = this.picture ? this.last : Math.max(this.reached, 1);
    this.step = Math.min(step, newest);
    this.following = this.step === newest;
  }
}
