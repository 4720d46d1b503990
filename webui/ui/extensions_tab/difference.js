// What an update would change, shown before it is taken.

const CHANGE_WORDS = { added: "New files", removed: "Files that go" };

function changedFiles(changed) {
  return changed.map(({ path, diff }) => {
    if (!diff) return make("p", { className: "diff-file" }, [make("code", { textContent: path }), " (not text)"]);
    const lines = diff.split("\n").map((line) => make("span", { className: lineKind(line), textContent: line }));
    return make("details", { className: "diff-file" }, [make("summary", {}, [make("code", { textContent: path })]), make("pre", { tabIndex: 0 }, lines)]);
  });
}

function lineKind(line) {
  if (/^(\+\+\+|---|@@)/.test(line)) return "diff-head";
  if (line.startsWith("+")) return "diff-added";
  return line.startsWith("-") ? "diff-removed" : "";
}

function versionsInWords({ old_version, new_version, old_commit, new_commit }) {
  const was = [old_version, shortCommit(old_commit)].filter(Boolean).join(", ");
  const is = [new_version, shortCommit(new_commit)].filter(Boolean).join(", ");
  return `From ${was} to ${is}.`;
}

/** The panel's content for a difference; `take` and `leave` are what its buttons do. */
function differenceView(told, { take, leave }) {
  if (told.nothing) return [paragraph("It is as new as where it came from.")];
  const more = [
    ...factGroup("Permissions it would ask for anew", told.permissions_added.length && plainList(told.permissions_added.map(permissionInWords))),
    ...factGroup("Packages it would need anew", told.requirements_added.length && codeList(told.requirements_added)),
    ...Object.entries(CHANGE_WORDS).flatMap(([kind, words]) => factGroup(words, told[kind].length && codeList(told[kind]))),
    ...factGroup("Changed files", ...changedFiles(told.changed)),
  ];
  const taking = button("Take the update", "update-take", take, "quiet strong");
  taking.disabled = Boolean(told.problem) || !store.allowed;
  return [
    paragraph(versionsInWords(told), "fact-lead"),
    ...more,
    ...(told.problem ? [paragraph(told.problem, "fact-warning")] : []),
    paragraph("The version of now is kept, so that you can go back. After the update it asks to be switched on again.", "fact-note"),
    make("div", { className: "panel-buttons" }, [button("Leave it", "update-leave", leave), taking]),
  ];
}
