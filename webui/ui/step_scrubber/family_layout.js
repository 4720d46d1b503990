// Where the walks of a family lie in its drawing: each a line from the step at which it left another one, in a row of
// its own, so that what two walks have in common is drawn once.

/**
 * Rows in drawing order: {node, level, leaves, at}, where `leaves` is the row whose line it leaves (null for the
 * oldest) and `at` the step. A walk that left another one before that one's own beginning leaves the line that both
 * still shared there. Later leaves come first, so that no line crosses another.
 */
function familyRows(nodes) {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const children = new Map();
  for (const node of nodes) {
    const parent = sharedLine(node, known);
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(node);
  }
  const rows = [];
  const visit = (node, level, leaves) => {
    const row = { node, level, leaves, at: leaves ? node.origin.step : 0 };
    rows.push(row);
    const own = children.get(node) ?? [];
    own.sort((one, other) => other.origin.step - one.origin.step || one.created - other.created);
    for (const child of own) visit(child, level + 1, row);
  };
  for (const node of children.get(null) ?? []) visit(node, 1, null);
  return rows;
}

function sharedLine(node, known) {
  let parent = known.get(node.origin?.trajectory) ?? null;
  while (parent?.origin && node.origin.step < parent.origin.step && known.has(parent.origin.trajectory))
    parent = known.get(parent.origin.trajectory);
  return parent;
}

const FAMILY_ROW = 72; // pixels from line to line
const FAMILY_LEFT = 14;
const FAMILY_BEND = 8;
const LABEL_ROOM = 200; // pixels that words need over a line; over a shorter one they stand beside its thumbnail
const FAMILY_THUMB = 68; // pixels from the end of a line, past its thumbnail, to words beside it

/** Room to the right of the longest line: its thumbnail, and words where they do not fit over a line. */
function familyMargin(rows, longest, width) {
  if (width < 640) return width * 0.6;
  const across = width - FAMILY_LEFT - FAMILY_THUMB;
  const short = rows.some(({ node, at }) => ((node.positions - at) / longest) * across < LABEL_ROOM);
  return short ? 280 : FAMILY_THUMB;
}

/** Where a position lies, and the lines as paths of an SVG, for a drawing of this width. */
function familyDrawing(rows, width) {
  const longest = Math.max(1, ...rows.map(({ node }) => node.positions));
  const margin = familyMargin(rows, longest, width);
  const x = (position) => FAMILY_LEFT + (position / longest) * (width - FAMILY_LEFT - margin);
  const y = (row) => (rows.indexOf(row) + 0.5) * FAMILY_ROW;
  const paths = rows.map((row) => {
    const end = `H ${x(row.node.positions)}`;
    if (!row.leaves) return `M ${x(0)} ${y(row)} ${end}`;
    const from = x(row.at);
    const bend = Math.min(FAMILY_BEND, x(row.node.positions) - from);
    const corner = `V ${y(row) - bend} Q ${from} ${y(row)} ${from + bend} ${y(row)}`;
    return `M ${from} ${y(row.leaves)} ${corner} ${end}`;
  });
  return { x, y, paths, height: rows.length * FAMILY_ROW };
}
