// What the job view says, in words.

function jobsBefore(count) {
  return count === 1 ? "1 job before this one" : `${count} jobs before this one`;
}

function speed(secondsPerStep) {
  if (!secondsPerStep) return "";
  const perSecond = 1 / secondsPerStep;
  return perSecond >= 1 ? `${perSecond.toFixed(1)} it/s` : `${secondsPerStep.toFixed(1)} s/it`;
}

function timeLeft(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s left`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s left`;
}

/** "step 12 of 20 · 1.8 it/s · 4 s left", and what else a running job can be doing. */
function describe(job) {
  switch (job.stage) {
    case "queued":
      return "waiting";
    case "started":
      return job.attempt > 1 ? "starting again" : "starting";
    case "loading":
      return describeLoading(job.loading);
    case "stepping":
      return describeStep(job);
    case "decoding":
      return "decoding";
    case "saving":
      return "saving";
    case "done":
      return describeEnd(job);
    case "cancelled":
      return job.step > 0 ? `stopped after step ${job.step} of ${job.totalSteps}` : "cancelled";
    default:
      return "failed";
  }
}

function describeEnd(job) {
  const { steps, seconds } = job.stepsDone();
  return steps ? `finished · ${steps} steps in ${seconds.toFixed(1)} s` : "finished";
}

function describeLoading({ fraction, detail }) {
  const percent = fraction > 0 ? ` ${Math.round(fraction * 100)} %` : "";
  return `loading weights${percent}${detail ? ` · ${detail}` : ""}`;
}

function describeStep(job) {
  const parts = [`step ${job.step} of ${job.totalSteps}`];
  if (job.batchCount > 1) parts.unshift(`batch ${job.batch + 1} of ${job.batchCount}`);
  const seconds = job.secondsPerStep();
  if (seconds) parts.push(speed(seconds), timeLeft(seconds * job.stepsLeft()));
  return parts.join(" · ");
}

/** The little that a screen reader is told: beginnings, quarters and ends, never each step. */
function announcement(job) {
  if (job.stage !== "stepping") return job.stage === "loading" ? "loading weights" : describe(job);
  const quarter = Math.floor((4 * job.step) / job.totalSteps);
  return quarter === 0 || quarter === 4 ? null : `${quarter * 25} percent developed`;
}

/** Whose job it is: "A guest", or an account by its name. */
function ownerInWords(owner) {
  return owner.startsWith("account:") ? owner.slice("account:".length) : "A guest";
}
