// What can be chosen, in words.

const PROVIDER_WORDS = {
  gradio: "Nothing to set up. What guests send and see passes a server of Gradio's, which could read it.",
  ssh: "Any machine with an address of its own that you reach by ssh and that takes remote forwards.",
};

const LEVELS = {
  look: { title: "Look on", words: "They see what is being made while the link is open, step by step, and nothing to press." },
  generate: { title: "Make pictures", words: "From words and from pictures, with the step scrubber; and they see what they made." },
  all: { title: "Everything but administration", words: "Also scripts, exports, styles and the programs' interfaces. No models, extensions, settings or sharing." },
};

const STATUS_WORDS = { queued: "waits", running: "is being made", done: "done", failed: "failed", cancelled: "cancelled" };

function durationInWords(minutes) {
  if (minutes === null) return "Until I close it";
  if (minutes < 60) return `${minutes} minutes`;
  return minutes === 60 ? "1 hour" : `${minutes / 60} hours`;
}

function levelInWords({ level, jobs_per_guest }) {
  const may = LEVELS[level]?.title ?? level;
  if (level === "look") return "Guests look on.";
  const each = jobs_per_guest === null ? "as many jobs as they like" : counted(jobs_per_guest, "job");
  return `Guests may: ${may.toLowerCase()}. Each has ${each}.`;
}

function agoInWords(when) {
  const seconds = (Date.now() - new Date(when).getTime()) / 1000;
  return seconds < 60 ? "just now" : `${window.darkroom.lasting(seconds)} ago`;
}
