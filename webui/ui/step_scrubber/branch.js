// The branch panel: what the walk was made with, to be changed from the slider's step on; and the way to ask for it.

const BRANCH_FIELDS = ["prompt", "negative_prompt", "cfg_scale", "steps", "sampler", "schedule"];
const BRANCH_NUMBERS = new Set(["cfg_scale", "steps"]);
const LARGEST_BRANCH_SEED = 2 ** 32;

class BranchForm {
  constructor() {
    this.form = part("branch-form");
    this.samplers = null;
    this.asked = null; // the one request for them, under way or answered
    this.base = null; // the request of the recording, as for the one picture that is looked at
    this.newSeed = null; // a number while other noise is asked for
    this.painting = new Painting(() => this.showChanges());
    this.walk = new BranchWalk(this);
    joinPaintingTools(this.painting);
    this.form.addEventListener("input", ({ target }) => this.typed(target));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.walk.begin();
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.sendByKey(event);
    });
    part("branch-reset").onclick = () => this.reset();
    part("seed-kept").onclick = () => this.setSeed(null);
    part("seed-new").onclick = () => this.setSeed(this.newSeed ?? randomSeed());
    part("seed-dice").onclick = () => this.setSeed(randomSeed());
    part("painting").addEventListener("toggle", () => this.turnPainting());
    part("branch").addEventListener("toggle", () => this.moved());
    for (const name of ["recording", "picture"]) desk.on(name, () => this.fill());
    desk.on("position", () => this.moved());
    desk.on("model", () => this.showChanges());
  }

  sendByKey(event) {
    event.preventDefault();
    event.stopPropagation(); // elsewhere on the page it makes a picture
    this.walk.begin();
  }

  input(field) {
    return this.fieldBox(field)?.querySelector("input, select, textarea") ?? null;
  }

  fieldBox(field) {
    return this.form.querySelector(`[data-field="${field}"]`);
  }

  /** The recording's own request, as if its one picture had been asked for alone. */
  static baseOf(recording, row) {
    const picture = recording.pictures.find((one) => one.row === row) ?? {};
    const request = requestOfRow(recording, row);
    const seed = request.variation_strength > 0 ? request.seed : (picture.seed ?? request.seed);
    const variation = picture.variation_seed ?? request.variation_seed;
    return { ...request, seed, variation_seed: variation, batch_size: 1, batch_count: 1 };
  }

  fill() {
    const { recording, picture } = desk;
    this.base = recording ? BranchForm.baseOf(recording, picture) : null;
    this.painting.open(recording ? { width: recording.width, height: recording.height } : null);
    if (!recording) return;
    this.reset();
    this.loadSamplers();
  }

  /** Asks for the samplers once; where that fails, the next recording asks again. */
  loadSamplers() {
    this.asked ??= window.darkroom.ask("/api/v1/samplers").then(
      (all) => this.takeSamplers(all),
      () => (this.asked = null),
    );
  }

  /** The lists of samplers and schedule types come late: what was chosen or typed meanwhile stays. */
  takeSamplers(all) {
    this.samplers = all.filter(({ flow }) => !flow);
    this.setField("sampler", this.input("sampler").value);
    this.setField("schedule", this.input("schedule").value);
  }

  reset() {
    for (const field of BRANCH_FIELDS) this.setField(field, this.base[field]);
    this.painting.reset();
    this.clearErrors();
    this.setSeed(null);
    this.moved();
  }

  setField(field, value) {
    if (field === "sampler") this.offer("sampler", (this.samplers ?? []).map(({ name }) => name), value);
    if (field === "schedule") this.offerSchedules(value);
    this.input(field).value = value;
  }

  offer(field, names, chosen) {
    const offered = names.includes(chosen) ? names : [chosen, ...names];
    this.input(field).replaceChildren(...offered.map((name) => make("option", { value: name, textContent: name })));
    this.input(field).value = chosen;
  }

  /** The schedule types that the chosen sampler can follow; another one than before where it cannot go on. */
  offerSchedules(chosen) {
    const sampler = this.samplers?.find(({ name }) => name === this.input("sampler").value);
    const schedules = sampler?.schedules ?? [chosen];
    this.offer("schedule", schedules, schedules.includes(chosen) ? chosen : schedules[0]);
  }

  setSeed(seed) {
    this.newSeed = seed;
    part("seed-kept").setAttribute("aria-pressed", seed === null);
    part("seed-new").setAttribute("aria-pressed", seed !== null);
    const input = this.input("seed");
    input.disabled = seed === null;
    input.value = seed ?? this.base?.seed ?? "";
    part("seed-dice").hidden = seed === null;
    part("seed-hint").hidden = seed === null;
    this.showChanges();
  }

  typed(target) {
    const field = target.closest("[data-field]")?.dataset.field;
    if (!field) return;
    if (field === "sampler") this.offerSchedules(this.input("schedule").value);
    if (field === "seed") this.newSeed = Number(target.value);
    this.clearErrors(field);
    this.showChanges();
  }

  /** The values of the form as fields of a request. */
  values() {
    const values = {};
    for (const field of BRANCH_FIELDS) {
      const { value } = this.input(field);
      values[field] = BRANCH_NUMBERS.has(field) && value !== "" ? Number(value) : value;
    }
    if (this.newSeed !== null) values.seed = this.newSeed;
    if (desk.model) values.model = desk.model;
    return values;
  }

  /** The request for the branch, but for what is painted; null while there is nothing to branch from. */
  request() {
    if (!this.base) return null;
    const { recording, position, picture } = desk;
    const start = { kind: "step", trajectory: recording.id, step: position, picture, painting: null };
    const values = this.values();
    const reworded = values.prompt !== this.base.prompt; // a prompt that was written here counts, and no ideas before it
    return { ...this.base, ...(reworded ? { blend: null } : {}), ...values, start };
  }

  differences() {
    const { painting } = this;
    const painted = {
      ...this.request(),
      start: { painting: painting.painted ? "painted" : null },
      mask: painting.masked ? "masked" : this.base.mask,
    };
    return differencesOf({ ...this.base, start: {} }, painted);
  }

  /** Whether the slider is where the walk ended; one that was stopped can be taken up where it stopped. */
  get atEnd() {
    return desk.position >= desk.last && desk.recording.complete;
  }

  // What is shown.

  moved() {
    const { recording, position, last } = desk;
    if (!recording) return;
    part("branch-aside").textContent = this.atEnd ? "" : `from step ${position} of ${last}`;
    if (!part("branch").open) return;
    this.turnPainting();
    this.showPlace();
  }

  turnPainting() {
    const { recording, position, picture, last, model } = desk;
    if (!recording) return;
    const step = Math.min(position, last);
    const other = model ? `&model=${encodeURIComponent(model)}` : "";
    this.painting.turnTo(`${recordingAddress(recording.id)}/steps/${step}/x0.png?picture=${picture}${other}`);
    if (part("painting").open) requestAnimationFrame(() => this.painting.resize());
  }

  showChanges() {
    if (!this.base || this.showing) return;
    this.showing = true;
    requestAnimationFrame(() => {
      this.showing = false;
      if (this.base) this.show();
    });
  }

  show() {
    const differences = this.differences();
    this.same = differences.length === 0;
    for (const box of this.form.querySelectorAll("[data-field]"))
      box.classList.toggle("changed", differences.some(([field]) => field === box.dataset.field));
    part("branch-changes").replaceChildren(...branchChanges(differences));
    part("branch-reset").hidden = this.same || this.walk.walking;
    const { painted, masked } = this.painting;
    part("painting-aside").textContent = [painted && "painted", masked && "a part only"].filter(Boolean).join(" · ");
    this.showPlace();
  }

  /** What depends on the slider; during a drag nothing else is shown anew. */
  showPlace() {
    const { position } = desk;
    part("branch-lead").textContent = branchLead(this.values(), this.base);
    part("branch-changes").hidden = this.atEnd;
    const button = part("branch-button");
    if (this.atEnd) button.textContent = "Branch";
    else button.textContent = this.same ? `Resume from step ${position}` : `Branch at step ${position}`;
    button.disabled = this.atEnd || this.walk.walking;
  }

  // Errors, at the fields that they are about.

  clearErrors(field = null) {
    for (const box of this.form.querySelectorAll("[data-field]")) {
      if (field && box.dataset.field !== field) continue;
      box.classList.remove("wrong");
      box.querySelector(".branch-error")?.remove();
      box.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
    }
    if (!field) part("branch-notes").replaceChildren();
  }

  showError(problem) {
    const box = problem.field ? this.fieldBox(problem.field) : null;
    if (!box) return panelMessage(part("branch-notes"), problem);
    const words = [problem.message, problem.hint].filter(Boolean).join(" ");
    box.classList.add("wrong");
    box.append(make("p", { className: "branch-error", textContent: words, attributes: { role: "alert", "data-testid": "branch-error" } }));
    const input = box.querySelector("input:not([disabled]), select, textarea");
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
  }
}

function randomSeed() {
  return Math.floor(Math.random() * LARGEST_BRANCH_SEED);
}
