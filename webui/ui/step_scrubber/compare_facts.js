// The short table of what two walks were told differently.

function factHead(one, other) {
  const names = [kinship(one, other) ?? "This walk", kinship(other, one) ?? "The other walk"];
  const heads = names.map((textContent) => make("th", { textContent, scope: "col" }));
  return make("thead", {}, [make("tr", {}, [make("td"), ...heads])]);
}

/** How a walk stands to another one; null where they are not parent and branch. */
function kinship(one, other) {
  if (one.origin?.trajectory === other.id) return `Branch at step ${one.origin.step}`;
  return other.origin?.trajectory === one.id ? "Parent" : null;
}

function factRows(left, right) {
  const [one, other] = [left, right].map(({ recording, row }) => BranchForm.baseOf(recording, row));
  const rows = differencesOf(one, other).map(([field, before, after]) => {
    const wordy = WORDY_FIELDS.includes(field);
    const cells = wordy
      ? [changedText(before ?? "", after ?? "", ["same", "gone"]), changedText(before ?? "", after ?? "", ["same", "new"])]
      : [[fieldWords(field, before)], [fieldWords(field, after)]];
    return factRow(fieldName(field), cells, wordy);
  });
  const walked = [left, right].map(({ recording }) => recording.positions);
  if (walked[0] !== walked[1]) rows.push(factRow("Steps walked", walked.map((count) => [String(count)])));
  return rows;
}

function factRow(name, cells, wordy = false) {
  const made = cells.map((words) => make("td", { className: wordy ? "words" : "value" }, words));
  return make("tr", {}, [make("th", { textContent: name, scope: "row" }), ...made]);
}
