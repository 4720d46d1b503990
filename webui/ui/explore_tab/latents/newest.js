// Questions that come faster than their answers: one is asked at a time, and of those that wait only the newest counts.

const REST_MS = 30; // so that a slider's burst of events is one question

class Newest {
  /** `ask(question, signal)` answers; `onAnswer(answer, question)` hears of it, `onProblem` of what went wrong. */
  constructor(ask, { onAnswer, onProblem, onBusy = () => {} }) {
    Object.assign(this, { ask, onAnswer, onProblem, onBusy, waiting: null, working: null, timer: 0 });
  }

  put(question) {
    this.waiting = { question };
    this.onBusy(true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), REST_MS);
  }

  /** Forget what was asked, and what is being answered. */
  drop() {
    clearTimeout(this.timer);
    this.waiting = null;
    this.working?.abort();
    this.working = null;
  }

  async run() {
    if (this.working || !this.waiting) return;
    const { question } = this.waiting;
    const working = (this.working = new AbortController());
    this.waiting = null;
    try {
      const answer = await this.ask(question, working.signal);
      if (!working.signal.aborted) this.onAnswer(answer, question);
    } catch (problem) {
      if (!working.signal.aborted && !this.waiting) this.onProblem(problem);
    } finally {
      if (this.working === working) this.working = null;
      if (!this.working) this.onBusy(Boolean(this.waiting));
      this.run();
    }
  }
}
