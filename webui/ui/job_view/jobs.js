// What is known of the jobs, folded from events. Every event may come twice (a snapshot repeats them): applying it
// again changes nothing.

class JobRecord {
  constructor(id) {
    this.id = id;
    this.request = {};
    this.stage = "queued"; // queued, started, loading, stepping, decoding, saving, done, cancelled, failed
    this.loading = null;
    this.walks = new Map(); // batch -> {total, steps: [, {previews, seconds}, ...]}, steps counted from 1
    this.pictures = new Map(); // index over the whole job -> {id, url, seed, infotext, saved, warning, ...}
    this.batch = 0;
    this.step = 0;
    this.attempt = 1;
    this.error = null;
  }

  get batchSize() {
    return this.request.batch_size ?? 1;
  }

  get batchCount() {
    return this.request.batch_count ?? 1;
  }

  get totalSteps() {
    return this.walks.get(this.batch)?.total ?? this.request.steps ?? 1;
  }

  get ended() {
    return ["done", "cancelled", "failed"].includes(this.stage);
  }

  /** Whether a picture of this id is one of the job's; the same one may have been made before, by another job. */
  made(id) {
    return [...this.pictures.values()].some((picture) => picture.id === id);
  }

  /** The steps of the walk that a picture came from. */
  walkOf(index) {
    return this.walks.get(Math.floor(index / this.batchSize));
  }

  /** The addresses of a picture's frames by step, with gaps where a step left none. */
  framesOf(index) {
    const place = index % this.batchSize;
    return (this.walkOf(index)?.steps ?? []).map((step) => step?.previews?.[place]);
  }

  /** Every picture of the job that can be seen already: indexes in order. */
  visibleIndexes() {
    const indexes = new Set(this.pictures.keys());
    for (const batch of this.walks.keys()) {
      for (let place = 0; place < this.batchSize; place += 1) indexes.add(batch * this.batchSize + place);
    }
    return [...indexes].sort((a, b) => a - b);
  }

  times() {
    return [...this.walks.values()].flatMap((walk) => walk.steps.map((step) => step?.seconds)).filter(Boolean);
  }

  /** Seconds that one step took, over the last few. */
  secondsPerStep() {
    const recent = this.times().slice(-8);
    return recent.length ? recent.reduce((sum, value) => sum + value, 0) / recent.length : null;
  }

  stepsDone() {
    const times = this.times();
    return { steps: times.length, seconds: times.reduce((sum, value) => sum + value, 0) };
  }

  stepsLeft() {
    const rest = this.totalSteps - this.step;
    return rest + (this.batchCount - 1 - this.batch) * this.totalSteps;
  }
}

const MOST_JOBS = 100; // twice as many as the server keeps frames of

class JobBook {
  constructor() {
    this.jobs = new Map();
    this.running = null; // the id of the job that a worker has
    this.waiting = []; // [{id, position, prompt, owner}] without the running one
    this.others = new Set(); // ids of other people's jobs, of which administrators hear, too
    this.busyWith = null; // {id, owner} of such a job while the worker has it
  }

  get(id) {
    if (!this.jobs.has(id)) {
      this.jobs.set(id, new JobRecord(id));
      this.forgetOldest();
    }
    return this.jobs.get(id);
  }

  forgetOldest() {
    for (const [id, job] of this.jobs) {
      if (this.jobs.size <= MOST_JOBS) return;
      if (job.ended) this.jobs.delete(id);
    }
  }

  /** Whether an event is of somebody else's job; what is the house's has an empty owner, or none. */
  isOthers(event) {
    if (event.job && window.darkroom.isOthers(event)) this.others.add(event.job);
    return this.others.has(event.job);
  }

  /** Somebody else's job has no picture here: it only takes its turn. */
  applyOthers(event) {
    if (event.type === "queued") JobBook.handlers.queued(this, this.get(event.job), event);
    if (event.type === "started") {
      this.busyWith = { id: event.job, owner: event.owner };
      this.waiting = this.waiting.filter((job) => job.id !== event.job);
    }
    if (!["finished", "failed"].includes(event.type)) return;
    if (this.busyWith?.id === event.job) this.busyWith = null;
    this.waiting = this.waiting.filter((job) => job.id !== event.job);
  }

  apply(event) {
    if (this.isOthers(event)) {
      this.applyOthers(event);
      return null;
    }
    const handler = JobBook.handlers[event.type];
    if (!handler) return null;
    const job = event.job ? this.get(event.job) : null;
    handler(this, job, event);
    return job;
  }

  applySnapshot(snapshot) {
    const open = snapshot.jobs ?? [];
    this.running = null;
    this.busyWith = null;
    for (const known of open) {
      this.get(known.id).request = known.request;
      if (window.darkroom.isOthers(known)) this.others.add(known.id);
    }
    for (const event of snapshot.current ?? []) this.apply(event);
    // A replayed snapshot is the first one with later events added: its list of jobs may have grown old.
    const atWork = snapshot.replay ? null : open.find((job) => job.status === "running");
    if (atWork && this.others.has(atWork.id)) this.busyWith = { id: atWork.id, owner: atWork.owner };
    else if (!snapshot.replay) this.running = atWork?.id ?? null;
    this.waiting = open
      .filter((job) => job.status === "queued" && job.id !== this.running && job.id !== this.busyWith?.id && !this.get(job.id).ended)
      .map((job) => ({ id: job.id, position: job.position, prompt: job.request.prompt, owner: job.owner }));
  }

  /** Fold the events of a finished job that this page did not see. */
  learn(id, events) {
    const other = new JobBook();
    for (const event of events) other.apply(event);
    if (other.jobs.has(id)) this.jobs.set(id, other.jobs.get(id));
    return this.jobs.get(id) ?? null;
  }

  end(job) {
    if (this.running === job.id) this.running = null;
    this.waiting = this.waiting.filter((other) => other.id !== job.id);
  }
}

JobBook.handlers = {
  queued(book, job, event) {
    job.request = event.request ?? job.request;
    if (job.stage !== "queued" || book.running === job.id) return;
    if (!book.waiting.some((other) => other.id === job.id))
      book.waiting.push({ id: job.id, position: event.position, prompt: job.request.prompt ?? "", owner: event.owner });
  },
  queue(book, _job, event) {
    book.waiting = event.jobs.filter((job) => job.id !== book.running && job.id !== book.busyWith?.id && !book.get(job.id).ended);
  },
  started(book, job, event) {
    // A second attempt walks from the first step again.
    const attempt = event.attempt ?? 1;
    if (attempt !== job.attempt) job.walks.clear();
    job.request = event.request ?? job.request;
    job.stage = "started";
    job.attempt = attempt;
    job.error = null;
    job.batch = 0;
    job.step = 0;
    book.running = job.id;
    book.waiting = book.waiting.filter((other) => other.id !== job.id);
  },
  model_loading(_book, job, event) {
    if (!job) return;
    job.stage = "loading";
    job.loading = { model: event.model, fraction: event.fraction, detail: event.detail };
  },
  step_done(_book, job, event) {
    if (!job.walks.has(event.batch)) job.walks.set(event.batch, { total: event.total, steps: [] });
    job.walks.get(event.batch).steps[event.index] = { previews: event.previews ?? [], seconds: event.seconds };
    job.stage = "stepping";
    job.batch = event.batch;
    job.step = event.index;
  },
  decoding(_book, job) {
    job.stage = "decoding";
  },
  image_done(_book, job, event) {
    job.stage = "saving";
    job.pictures.set(event.index, { ...event, id: event.image, url: event.url ?? `/api/v1/images/${event.image}` });
  },
  finished(book, job, event) {
    job.stage = event.status === "cancelled" ? "cancelled" : "done";
    book.end(job);
  },
  failed(book, job, event) {
    job.stage = "failed";
    job.error = { message: event.error, hint: event.hint, field: event.field };
    book.end(job);
  },
};
