// Whose page this is: nothing is asked of the server that this visitor may not ask.
(() => {
  "use strict";
  const told = document.querySelector("meta[name=darkroom-role]");
  const parts = new Set((told?.dataset.parts ?? "").split(" "));

  /** "admin", "user", "guest" or "viewer". */
  window.darkroom.role = told?.content ?? "admin";
  document.documentElement.dataset.role = window.darkroom.role;
  document.documentElement.dataset.parts = [...parts].join(" ");

  /** Whether this page has a part (see `webui/ui/page_roles.py`). */
  window.darkroom.may = (part) => parts.has(part);

  /** Whether a job or a series is somebody else's: administrators hear of all, and theirs have no owner's name. */
  window.darkroom.isOthers = ({ owner }) => Boolean(owner) && parts.has("house");

  /** Everything stands, and the fields hold what they held last time. */
  window.darkroom.pageReady = () => {
    document.documentElement.dataset.ready = "true";
    window.dispatchEvent(new Event("darkroom:ready"));
  };
})();
