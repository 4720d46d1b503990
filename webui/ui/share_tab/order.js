// The form that a link is opened with: by what tunnel, what guests may do, for how long.

const SSH_FIELDS = { destination: String, port: Number, key: String, bind: String, remote_port: Number, address: String, pattern: String };
const REMEMBERED = "darkroom.share";

function choice(group, value, title, words) {
  const input = make("input", { type: "radio", name: `share-${group}`, value, attributes: { "aria-label": title } });
  const said = words ? [make("span", { className: "choice-words", textContent: words })] : [];
  return make("label", {}, [input, make("span", {}, [make("b", { textContent: title }), ...said])]);
}

function chip(value, words) {
  const input = make("input", { type: "radio", name: "share-minutes", value });
  return make("label", {}, [input, make("span", { textContent: words })]);
}

class OrderForm {
  constructor() {
    this.filled = "";
    part("order").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    part("order").addEventListener("change", () => this.show());
    part("give-up").onclick = () => window.darkroom.sharing.close().catch(tell);
  }

  /** The choices, once; extensions may bring further tunnels. */
  fill({ providers, levels, durations, defaults }) {
    const made = JSON.stringify([providers, levels, durations]);
    if (made === this.filled) return;
    this.filled = made;
    const kept = this.remembered();
    this.put("providers", providers.map(({ name, label }) => choice("provider", name, label, PROVIDER_WORDS[name])));
    this.put("levels", levels.map((level) => choice("level", level, LEVELS[level]?.title ?? level, LEVELS[level]?.words)));
    this.put("durations", durations.map((minutes) => chip(String(minutes), durationInWords(minutes))));
    this.choose("provider", kept.provider, providers[0]?.name);
    this.choose("level", kept.level, defaults.level);
    this.choose("minutes", kept.minutes, String(defaults.minutes));
    part("jobs").value = kept.jobs ?? defaults.jobs_per_guest ?? "";
    for (const name of Object.keys(SSH_FIELDS)) this.ssh(name).value = kept.ssh?.[name] ?? "";
    this.show();
  }

  put(group, labels) {
    part(group).replaceChildren(part(group).querySelector("legend"), ...labels);
  }

  inputs(name) {
    return [...part("order").querySelectorAll(`[name="share-${name}"]`)];
  }

  choose(name, ...values) {
    const inputs = this.inputs(name);
    const found = values.map((value) => inputs.find((input) => input.value === value)).find(Boolean) ?? inputs[0];
    if (found) found.checked = true;
  }

  chosen(name) {
    return this.inputs(name).find((input) => input.checked)?.value;
  }

  ssh(name) {
    return part(`ssh-${name.replace("_", "-")}`);
  }

  show() {
    part("ssh").hidden = this.chosen("provider") !== "ssh";
    part("jobs-field").hidden = this.chosen("level") === "look";
  }

  /** The form as the API takes it; what was left empty is not said. */
  order() {
    const provider = this.chosen("provider");
    const minutes = this.chosen("minutes");
    const told = {
      provider,
      level: this.chosen("level"),
      minutes: minutes === "null" ? null : Number(minutes),
      jobs_per_guest: part("jobs").value ? Number(part("jobs").value) : null,
    };
    if (provider !== "ssh") return told;
    const said = Object.entries(SSH_FIELDS).filter(([name]) => this.ssh(name).value.trim());
    return { ...told, ssh: Object.fromEntries(said.map(([name, as]) => [name, as(this.ssh(name).value.trim())])) };
  }

  async send() {
    tell(null);
    this.remember();
    this.opening(true);
    try {
      await window.darkroom.sharing.open(this.order());
      say("The link is open.");
    } catch (problem) {
      this.tellProblem(problem);
    } finally {
      this.opening(false);
    }
  }

  /** Where it is seen: below the button the window may end. */
  tellProblem(problem) {
    const field = this.field(problem.field);
    const label = field?.closest("label")?.querySelector("span").textContent;
    const message = label ? problem.message.replace(`${problem.field}:`, `${label}:`) : problem.message;
    tell({ message, hint: problem.hint });
    if (field?.closest("details")) field.closest("details").open = true;
    field?.focus();
    part("messages").scrollIntoView({ block: "nearest" });
  }

  field(name) {
    if (name?.startsWith("ssh.")) return this.ssh(name.slice("ssh.".length));
    return name === "jobs_per_guest" ? part("jobs") : null;
  }

  opening(busy) {
    part("open").disabled = busy;
    part("give-up").hidden = !busy;
    part("opening").textContent = busy ? "Opening: it takes up to ten seconds." : "";
  }

  remembered() {
    try {
      return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
    } catch {
      return {};
    }
  }

  remember() {
    const ssh = Object.fromEntries(Object.keys(SSH_FIELDS).map((name) => [name, this.ssh(name).value]));
    const kept = { provider: this.chosen("provider"), level: this.chosen("level"), minutes: this.chosen("minutes"), jobs: part("jobs").value, ssh };
    try {
      localStorage.setItem(REMEMBERED, JSON.stringify(kept));
    } catch {
      // Storage is blocked: it is typed again next time.
    }
  }
}
