// What an extension uses and brings, as lists: the same before it is installed, and on its card.

function plainList(items, className = "plain-list") {
  return make("ul", { className }, items.map((item) => make("li", {}, [item])));
}

function codeList(names) {
  return plainList(names.map((name) => make("code", { textContent: name })), "code-list");
}

/** A group with a name; nothing where there is nothing to tell. */
function factGroup(title, ...children) {
  const told = children.filter(Boolean);
  return told.length ? [make("section", { className: "fact-group" }, [make("h4", { textContent: title }), ...told])] : [];
}

function permissionsGroup(permissions) {
  const none = "It asks for nothing: it only has settings and controls of its own.";
  const note = "It is a program and runs with your rights. Darkroom calls it only where its permissions say, but cannot keep it from files or the network.";
  return factGroup("What it may do", permissions.length ? plainList(permissions.map(permissionInWords)) : paragraph(none), paragraph(note, "fact-note"));
}

function hooksGroup({ hooks = {} }) {
  const sides = Object.keys(PROCESS_WORDS).filter((side) => hooks[side]?.length);
  const lists = sides.flatMap((side) => [paragraph(`Called ${PROCESS_WORDS[side]}:`, "fact-lead"), codeList(hooks[side])]);
  return factGroup("Hooks", ...lists);
}

function requirementsGroup({ requirements = [], packages = [] }) {
  if (!requirements.length) return factGroup("Python packages", paragraph("None."));
  const brought = packages.map(({ name, version }) => `${name} ${version}`);
  const words = brought.length
    ? `${brought.join(", ")} ${brought.length === 1 ? "goes" : "go"} into a folder of its own; Darkroom's packages stay as they are.`
    : "They go into a folder of its own; Darkroom's packages stay as they are.";
  return factGroup("Python packages", codeList(requirements), paragraph(words, "fact-note"));
}

function originGroup({ source, commit, homepage, tree_hash }) {
  const facts = [
    ["From", source],
    ["Commit", shortCommit(commit)],
    ["Hash of its files", tree_hash?.slice(0, 16)],
    ["Home page", linkTo(homepage)],
  ].filter(([, value]) => value);
  const rows = facts.map(([name, value]) => make("div", {}, [make("dt", { textContent: name }), make("dd", {}, [value])]));
  return rows.length ? factGroup("Where it comes from", make("dl", { className: "origin" }, rows)) : [];
}

function filesFold({ files = [], file_count = files.length, bytes }) {
  const rows = files.map(({ path, bytes: size }) => make("li", {}, [make("code", { textContent: path }), make("span", { textContent: sizeOf(size) })]));
  const summary = make("summary", { textContent: `${counted(file_count, "file")}, ${sizeOf(bytes ?? 0)}` });
  return make("details", { className: "files-fold", attributes: { "data-testid": "offer-files" } }, [summary, make("ul", {}, rows)]);
}
