// What the branch panel says: where the walk is taken up again, how much is left of it, and what will be different.

const WORDY_FIELDS = ["prompt", "negative_prompt"];
const BRUSHED_FIELDS = ["painting", "mask"];

/** `values` are those of the form, `base` the recording's own. */
function branchLead(values, base) {
  const { position, last, recording } = desk;
  const before = position === 0 ? "from its first noise" : `from step ${position}`;
  if (!recording.complete) return `Take it up again ${before}. The walk was stopped after step ${last}.`;
  if (position >= last) return "This is the end of the walk. Move the slider back to the step where it shall go another way.";
  const left = last - position;
  const along = ["steps", "sampler", "schedule"].every((field) => values[field] === base[field]);
  if (along || !(values.steps > 0)) return `Take it up again ${before}: ${left} of ${last} left to walk.`;
  // Another schedule has its own noise levels, so how many of its steps lie below this one's is not known here.
  const whole = values.steps === base.steps ? last : values.steps;
  const about = Math.max(1, Math.round((left / last) * whole));
  return `Take it up again ${before}: about ${about} of ${whole} left to walk, along the new schedule.`;
}

function branchChanges(differences) {
  if (differences.length === 0) return [make("p", { textContent: `Nothing is changed: ${sameWords()}` })];
  const lines = differences.map(([field, before, after]) => {
    const name = make("span", { className: "change-name", textContent: fieldName(field) });
    return make("li", {}, [name, make("span", {}, changeWords(field, before, after))]);
  });
  return [make("ul", {}, lines)];
}

function sameWords() {
  const { complete, notes } = desk.recording;
  if (!complete) return "the walk goes on as if it had never been stopped.";
  if (notes.length) return "this gives the same picture again, as closely as the note above says.";
  return "this gives the same picture again, bit for bit.";
}

function changeWords(field, before, after) {
  if (WORDY_FIELDS.includes(field)) return changedText(before ?? "", after ?? "");
  const added = make("ins", { textContent: fieldWords(field, after) });
  if (BRUSHED_FIELDS.includes(field)) return [added];
  return [make("del", { textContent: fieldWords(field, before) }), " ", added];
}
