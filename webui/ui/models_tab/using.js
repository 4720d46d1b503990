// What a click does: a checkpoint is chosen; a LoRA and its words go into the prompt, or out of it again.

function promptBox(field) {
  return document.querySelector(`#field-${field} textarea`);
}

function promptNow(field = "prompt") {
  return promptBox(field)?.value ?? store.form[field] ?? "";
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function loraTag(entry) {
  return new RegExp(`<lora:${escaped(entry.name)}(:[^<>]*)?>`, "i");
}

function holdsWords(prompt, words) {
  return new RegExp(`(^|[\\s,(\\[])${escaped(words)}($|[\\s,:)\\]])`, "i").test(prompt);
}

function joined(prompt, addition) {
  const before = prompt.trimEnd().replace(/,$/, "");
  return before ? `${before}, ${addition}` : addition;
}

/** The prompt without some words and the comma that went with them. */
function without(prompt, found) {
  const at = prompt.search(found);
  if (at < 0) return prompt;
  const length = prompt.match(found)[0].length;
  const [before, after] = [prompt.slice(0, at), prompt.slice(at + length)];
  if (/,\s*$/.test(before) || !before.trim()) return `${before.replace(/,?\s*$/, "")}${after.replace(before.trim() ? /^/ : /^\s*,?\s*/, "")}`;
  return `${before.trimEnd()}${after}`;
}

/** Whether the form has it now. */
function inUse(entry) {
  if (entry.kind === "checkpoint") return store.form.model === entry.name;
  if (entry.kind === "vae") return Boolean(store.form.vae) && store.form.vae === entry.name;
  if (entry.kind === "lora") return loraTag(entry).test(promptNow());
  if (entry.kind === "embedding") return ["prompt", "negative_prompt"].some((field) => holdsWords(promptNow(field), shortName(entry)));
  return false;
}

async function setForm(form, words) {
  await window.darkroom.fill({ form });
  Object.assign(store.form, form);
  say(words);
  store.changed();
}

let saidTimer = null;
function say(words) {
  clearTimeout(saidTimer);
  part("said").textContent = words;
  saidTimer = setTimeout(() => (part("said").textContent = ""), 8000);
}

const USES = {
  async checkpoint(entry) {
    await setForm({ model: entry.name }, `${shortName(entry)} is the model now.`);
  },
  async vae(entry) {
    const off = inUse(entry);
    await setForm({ vae: off ? "" : entry.name }, off ? "The model's own VAE is used again." : `${shortName(entry)} is the VAE now.`);
  },
  async lora(entry) {
    const prompt = promptNow();
    if (inUse(entry)) {
      const words = (entry.trigger_words ?? []).reduce((text, word) => without(text, new RegExp(escaped(word), "i")), prompt.replace(loraTag(entry), "<lora>"));
      return setForm({ prompt: without(words, /<lora>/) }, `${shortName(entry)} is out of the prompt.`);
    }
    const missing = (entry.trigger_words ?? []).slice(0, 1).filter((word) => !holdsWords(prompt, word));
    const tag = `<lora:${entry.name}:${entry.preferred_weight ?? 1}>`;
    await setForm({ prompt: joined(prompt, [...missing, tag].join(" ")) }, `${shortName(entry)} is in the prompt.`);
  },
  embedding(entry) {
    const field = /neg|bad|unsafe/i.test(entry.name) ? "negative_prompt" : "prompt";
    return putWords(shortName(entry), inUse(entry) && !holdsWords(promptNow(field), shortName(entry)) ? (field === "prompt" ? "negative_prompt" : "prompt") : field);
  },
};

/** Words into a prompt, or out of it when they are there. */
async function putWords(words, field = "prompt") {
  const prompt = promptNow(field);
  const where = field === "prompt" ? "the prompt" : "the negative prompt";
  if (holdsWords(prompt, words)) return setForm({ [field]: without(prompt, new RegExp(escaped(words), "i")) }, `"${words}" is out of ${where}.`);
  await setForm({ [field]: joined(prompt, words) }, `"${words}" is in ${where}.`);
}

/** What a click on the card does; where it can do nothing, the reason is told. */
async function use(entry) {
  const reason = obstacle(entry, store.chosen);
  if (reason && !inUse(entry)) {
    say(reason);
    return openDetails(entry);
  }
  if (USES[entry.kind]) return USES[entry.kind](entry);
  openDetails(entry);
}

/** What the button and the card are called. */
function useInWords(entry) {
  const used = inUse(entry);
  if (entry.kind === "checkpoint") return used ? "The chosen model" : "Choose this model";
  if (entry.kind === "vae") return used ? "Back to the model's own VAE" : "Use this VAE";
  if (entry.kind === "lora" || entry.kind === "embedding") return used ? "Take out of the prompt" : "Put into the prompt";
  return "";
}
