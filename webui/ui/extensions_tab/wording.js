// What extensions do and how they are, in words.

const STATUS_WORDS = {
  on: "On",
  off: "Off",
  changed: "Changed since you switched it on",
  faulty: "Could not be started",
  switched_off: "Switched off after a fault",
  needs_newer: "Needs a newer Darkroom",
  unusable: "Cannot be used",
};

const PROCESS_WORDS = { web: "in the server", worker: "where pictures are made" };

function permissionInWords(permission) {
  return props.permissions[permission] ?? permission;
}

/** "1.2.0 · Somebody · MIT", of what is known. */
function aboutInWords({ version, author, licence }) {
  return [version, author, licence].filter(Boolean).join(" · ");
}

function shortCommit(commit) {
  return commit ? commit.slice(0, 10) : "";
}

/** An address only where it is one that can be followed without harm. */
function linkTo(address) {
  if (!/^https:\/\//.test(address ?? "")) return null;
  return make("a", { href: address, target: "_blank", rel: "noreferrer noopener", textContent: address.replace(/^https:\/\//, "") });
}
