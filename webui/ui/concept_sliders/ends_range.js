// A range with a meaning at each end and nothing in the middle: it is filled from the middle to where it stands.

const USUAL_REACH = 2; // what can be dragged to; more can be typed
const FINEST = 0.05;

/** How far a range has to go both ways to show a value. */
function reachFor(value) {
  return Math.max(USUAL_REACH, Math.abs(value));
}

/** Show a value on a range element that goes as far to the left as to the right. */
function showOnRange(range, value) {
  const reach = reachFor(value);
  Object.assign(range, { min: -reach, max: reach, step: FINEST });
  range.value = value;
  const place = 50 + (50 * value) / reach;
  range.style.setProperty("--filled-from", `${Math.min(50, place)}%`);
  range.style.setProperty("--filled-to", `${Math.max(50, place)}%`);
}
