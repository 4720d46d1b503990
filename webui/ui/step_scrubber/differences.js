// What two requests do differently, in words: for the branch panel, the family tree and the comparison.

const FIELD_NAMES = {
  prompt: "Prompt",
  negative_prompt: "Negative prompt",
  cfg_scale: "CFG scale",
  seed: "Seed",
  sampler: "Sampler",
  schedule: "Schedule",
  steps: "Steps",
  model: "Model",
  width: "Width",
  height: "Height",
  guidance: "Guidance",
  painting: "Painting",
  mask: "Mask",
};
const UNTOLD_FIELDS = new Set(["start", "batch_size", "batch_count", "same_seed", "styles", "points"]); // where from is told apart

function fieldName(field) {
  return FIELD_NAMES[field] ?? (field[0].toUpperCase() + field.slice(1)).replaceAll("_", " ");
}

/** A value of a request in words. */
function fieldWords(field, value) {
  if (field === "painting") return value ? "painted over" : "none";
  if (field === "mask") return value ? "a part only" : "none";
  if (value === null || value === "" || (Array.isArray(value) && !value.length)) return "none";
  if (field === "blend") return value.ideas.map(({ prompt, weight }) => `${weight} * "${prompt}"`).join(" + ");
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** [field, before, after] of every field in which two requests differ; what was painted counts as a field. */
function differencesOf(before, after) {
  const [one, other] = [before, after].map((request) => ({ ...request, painting: request.start?.painting ?? null }));
  const fields = new Set([...Object.keys(FIELD_NAMES), ...Object.keys(one), ...Object.keys(other)]);
  const different = (field) => JSON.stringify(one[field] ?? null) !== JSON.stringify(other[field] ?? null);
  return [...fields]
    .filter((field) => !UNTOLD_FIELDS.has(field) && different(field))
    .map((field) => [field, one[field] ?? null, other[field] ?? null]);
}

/** A difference in a few words: "CFG scale 7", "prompt"; for the edges of the tree. */
function shortDifference([field, , after]) {
  const name = FIELD_NAMES[field] ?? fieldName(field);
  if (["prompt", "negative_prompt", "painting", "mask"].includes(field)) return name.toLowerCase();
  const acronym = /^[A-Z]{2}/.test(name);
  const words = fieldWords(field, after);
  return `${acronym ? name : name.toLowerCase()} ${words.length > 24 ? `${words.slice(0, 23)}…` : words}`;
}

/**
 * Two texts as one list of words, each {kind: "same" | "gone" | "new", text}: the longest common subsequence of words
 * stays, the rest went or came.
 */
function wordDifference(before, after) {
  const [one, other] = [before, after].map((text) => text.split(/\s+/).filter(Boolean));
  const common = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      common[i][j] = one[i] === other[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const words = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && one[i] === other[j]) words.push({ kind: "same", text: one[(j++, i++)] });
    else if (j >= other.length || (i < one.length && common[i + 1][j] >= common[i][j + 1])) words.push({ kind: "gone", text: one[i++] });
    else words.push({ kind: "new", text: other[j++] });
  }
  return words;
}

const LONGEST_COMPARED = 400; // words; beyond, both texts are told whole

/** Elements for a text's changed words; `kinds` says which of them to show. */
function changedText(before, after, kinds = ["same", "gone", "new"]) {
  const long = [before, after].some((text) => text.split(/\s+/).length > LONGEST_COMPARED);
  const words = long ? [{ kind: "gone", text: before }, { kind: "new", text: after }] : wordDifference(before, after);
  const tags = { same: "span", gone: "del", new: "ins" };
  const shown = words.filter(({ kind }) => kinds.includes(kind));
  return shown.flatMap(({ kind, text }) => [make(tags[kind], { textContent: text }), " "]);
}
