// What is asked: the ideas with their letters, the expressions, how far. It survives a reload.

const BEYOND_KEY = "darkroom.beyond";
const MOST_IDEAS = 8;
const LETTERS = "ABCDEFGH";
const BEGINNINGS = {
  arithmetic: { base: "A", direction: "B - C", from: -2, to: 6, count: 9 },
  past: { base: "A", direction: "B - A", from: -2, to: 6, count: 9 },
};
const FIRST_DRAFT = {
  ideas: ["a lighthouse by the sea by day", "a sailboat on the sea at night", "a sailboat on the sea by day"],
  ...BEGINNINGS.arithmetic,
};

const draft = structuredClone(FIRST_DRAFT);

function keepDraft() {
  try {
    localStorage.setItem(BEYOND_KEY, JSON.stringify(draft));
  } catch {
    // Storage is full or blocked: it is typed again after a reload.
  }
}

function recallDraft() {
  try {
    Object.assign(draft, JSON.parse(localStorage.getItem(BEYOND_KEY)) ?? {});
  } catch {
    // What was kept cannot be read: begin anew.
  }
}

/** What the letters in an expression stand for; an idea without words has no letter yet. */
function draftNames() {
  return Object.fromEntries(draft.ideas.map((prompt, index) => [LETTERS[index], prompt]).filter(([, prompt]) => prompt.trim()));
}

/** The factors of the line, even from end to end; 0 and 1 are exactly 0 and 1. */
function draftFactors() {
  const { from, to, count } = draft;
  const step = count > 1 ? (to - from) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => Number((from + index * step).toFixed(6)));
}
