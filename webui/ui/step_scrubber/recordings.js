// The list of recordings behind the button: newest first, each can be opened, pinned or removed.

const LISTED_AT_ONCE = 24;

function fileSize(bytes) {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  return `${(bytes / 1e9).toFixed(1).replace(/\.0$/, "")} GB`;
}

function dateInWords(seconds) {
  const date = new Date(seconds * 1000);
  const sameDay = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  return sameDay ? `today ${time}` : `${date.toLocaleDateString([], { day: "numeric", month: "short" })} ${time}`;
}

/** The picture that stands for a recording; of a walk that was stopped, or whose picture is gone, there is a sign. */
function recordingThumb({ id, pictures }) {
  const picture = pictures?.find(({ url }) => url);
  return make("span", { className: "recording-thumb", attributes: { "data-recording": id } }, [smallPicture(picture?.url)]);
}

class RecordingList {
  constructor() {
    this.box = part("list");
    this.button = part("open-list");
    this.entries = [];
    this.box.addEventListener("toggle", ({ newState }) => this.toggled(newState === "open"));
    document.addEventListener("keydown", (event) => this.escape(event), true);
    part("list-older").onclick = () => this.load(this.entries.at(-1)?.id);
  }

  toggled(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const { left, bottom } = this.button.getBoundingClientRect();
    this.box.style.left = `${Math.max(8, Math.min(left, window.innerWidth - this.box.offsetWidth - 8))}px`;
    this.box.style.top = `${bottom + 4}px`;
    this.box.style.maxHeight = `${window.innerHeight - bottom - 20}px`;
    this.load();
  }

  /** On the page Escape interrupts the job: not when there is a list to close. */
  escape(event) {
    if (event.key !== "Escape" || !this.box.matches(":popover-open")) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
    this.button.focus();
  }

  close() {
    if (this.box.matches(":popover-open")) this.box.hidePopover();
  }

  /** Ask for the newest, or for those that are older than `before`. */
  async load(before = null) {
    try {
      const address = `/api/v1/trajectories?limit=${LISTED_AT_ONCE}${before ? `&before=${before}` : ""}`;
      const found = await window.darkroom.ask(address);
      this.entries = before ? [...this.entries, ...found] : found;
      part("list-older").hidden = found.length < LISTED_AT_ONCE;
      this.show();
      this.showUse();
    } catch (problem) {
      part("list-foot").textContent = [problem.message, problem.hint].filter(Boolean).join(" ");
    }
  }

  show() {
    part("list-items").replaceChildren(...this.entries.map((entry) => this.item(entry)));
  }

  async showUse() {
    if (!window.darkroom.may("house")) return;
    const { used_bytes, budget_mb, count } = await window.darkroom.ask("/api/v1/settings/recording").catch(() => ({}));
    if (count === undefined) return;
    const many = count === 1 ? "1 recording" : `${count} recordings`;
    part("list-foot").textContent = count
      ? `${many}, ${fileSize(used_bytes)} of ${fileSize(budget_mb * 1e6)}. Beyond that the oldest go first; pinned ones stay.`
      : "None yet. Every picture that you make is recorded.";
  }

  item(entry) {
    const prompt = entry.prompt?.trim() || "(no prompt)";
    const steps = `${entry.complete ? "" : "stopped after "}${entry.positions} ${entry.positions === 1 ? "step" : "steps"}`;
    const words = make("span", { className: "recording-words" }, [
      make("span", { className: "recording-prompt", textContent: prompt }),
      make("span", {
        className: "recording-meta",
        textContent: [entry.origin ? "branch" : null, steps, dateInWords(entry.created), fileSize(entry.bytes)]
          .filter(Boolean)
          .join(" · "),
      }),
    ]);
    const open = make(
      "button",
      { type: "button", className: "recording-open", onclick: () => this.choose(entry), attributes: { "data-testid": "recording-item" } },
      [recordingThumb(entry), words],
    );
    open.setAttribute("aria-current", String(entry.id === desk.recording?.id));
    return make("li", { className: "recording-item", attributes: { "data-recording": entry.id } }, [
      open,
      ...(window.darkroom.may("recording-files") ? [this.pinButton(entry, prompt)] : []),
      this.removeButton(entry, prompt),
    ]);
  }

  choose(entry) {
    this.close();
    openOnDesk(entry.id);
  }

  pinButton(entry, prompt) {
    const what = entry.pinned ? "Unpin" : "Pin: keep it when space runs out";
    const button = this.tool("pin", what, `${entry.pinned ? "Unpin" : "Pin"}: ${prompt.slice(0, 80)}`);
    button.setAttribute("aria-pressed", String(entry.pinned));
    button.onclick = () => this.pin(entry, !entry.pinned);
    return button;
  }

  async pin(entry, pinned) {
    try {
      await pinRecording(entry.id, pinned);
      entry.pinned = pinned;
      this.show();
    } catch (problem) {
      part("list-foot").textContent = problem.message;
    }
  }

  removeButton(entry, prompt) {
    const button = this.tool("trash-2", "Remove this recording", `Remove: ${prompt.slice(0, 80)}`);
    button.onclick = () => this.askToRemove(entry, button.parentElement);
    return button;
  }

  tool(name, title, label) {
    return make("button", { type: "button", className: "quiet icon-only", title, attributes: { "aria-label": label, "data-testid": `recording-${name}` } }, [
      icon(name),
    ]);
  }

  /** The row itself asks, where the hand is. */
  askToRemove(entry, row) {
    const sure = make("button", { type: "button", className: "quiet danger", textContent: "Remove", attributes: { "data-testid": "recording-remove-sure" } });
    const keep = make("button", { type: "button", className: "quiet", textContent: "Keep", onclick: () => this.show() });
    sure.onclick = () => this.remove(entry);
    const question = make("p", { textContent: entry.pictures?.some(({ url }) => url) ? "Remove its steps? The picture stays." : "Remove this recording?" });
    row.replaceChildren(make("div", { className: "recording-question", attributes: { role: "group" } }, [question, sure, keep]));
    sure.focus();
  }

  async remove(entry) {
    try {
      await window.darkroom.ask(recordingAddress(entry.id), { method: "DELETE" });
      this.entries = this.entries.filter((other) => other !== entry);
      if (desk.recording?.id === entry.id) desk.close();
    } catch (problem) {
      part("list-foot").textContent = [problem.message, problem.hint].filter(Boolean).join(" ");
    }
    this.show();
    this.showUse();
  }
}

function pinRecording(id, pinned) {
  return window.darkroom.ask(recordingAddress(id), { method: "PATCH", json: { pinned } });
}

const recordingList = new RecordingList();
