// The panel that makes a checkpoint of others: a mix of two, what a third lacks added, LoRAs baked in.

const METHODS = {
  weighted_sum: { words: "Weighted sum", formula: (w) => `${(1 - w).toFixed(2)} A + ${w.toFixed(2)} B`, models: ["A", "B"] },
  add_difference: { words: "Add difference", formula: (w) => `A + ${w.toFixed(2)} (B - C)`, models: ["A", "B", "C"] },
};
const LORAS_ONLY = "loras";
const DTYPES = { float16: "fp16", bfloat16: "bf16", float32: "fp32" };
let merging = null; // the fields of the panel while it is open

function labelled(words, field, more = []) {
  return make("label", {}, [words, field, ...more]);
}

function choiceOf(entries, first = null) {
  const options = entries.map((entry) => new Option(`${shortName(entry)}${baseOf(entry) ? ` (${baseOf(entry)})` : ""}`, entry.name));
  return make("select", {}, [...(first ? [new Option(first, "")] : []), ...options]);
}

function usable(kind) {
  return (store.entries ?? []).filter((entry) => entry.kind === kind && !entry.problem).sort(byName);
}

function loraRow() {
  const name = choiceOf(usable("lora"));
  const weight = make("input", { type: "number", min: -10, max: 10, step: 0.05, value: 1 });
  name.setAttribute("aria-label", "LoRA to bake in");
  weight.setAttribute("aria-label", "Its weight");
  const away = make("button", { type: "button", className: "quiet icon-only", title: "Leave it out", attributes: { "aria-label": "Leave it out" } }, [icon("x")]);
  const row = make("div", { className: "merge-lora" }, [name, weight, away]);
  away.onclick = () => row.remove();
  return row;
}

function showMerge() {
  const checkpoints = usable("checkpoint");
  const method = make("select", { attributes: { "data-testid": "merge-method" } }, [
    ...Object.entries(METHODS).map(([name, { words }]) => new Option(words, name)),
    new Option("Bake LoRAs in", LORAS_ONLY),
  ]);
  const models = Object.fromEntries(["A", "B", "C"].map((letter) => [letter, labelled(letter, choiceOf(checkpoints))]));
  const weight = make("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0.5, attributes: { "aria-label": "Weight of B" } });
  const formula = make("span", { className: "merge-formula" });
  const amount = labelled("Weight of B", weight, [formula]);
  const loras = make("div", { className: "merge-loras" });
  const add = make("button", { type: "button", className: "quiet", disabled: !usable("lora").length, onclick: () => loras.append(loraRow()) }, [icon("plus"), "Bake a LoRA in"]);
  const dtype = make("select", {}, Object.entries(DTYPES).map(([name, words]) => new Option(words, name)));
  const vae = choiceOf(usable("vae"), "A's own");
  const name = make("input", { type: "text", maxLength: 100, spellcheck: false, autocomplete: "off", attributes: { "data-testid": "merge-name" } });
  const begin = make("button", { type: "submit", className: "quiet strong", textContent: "Merge", attributes: { "data-testid": "merge-begin" } });
  const messages = make("div", { className: "messages" });
  merging = { method, models, weight, formula, amount, loras, dtype, vae, name, begin, messages, typed: false };
  const first = Math.max(0, checkpoints.findIndex((entry) => entry.name === store.chosen?.name));
  const alikeFirst = (index) => Number(checkpoints[index].architecture === checkpoints[first].architecture);
  const others = checkpoints.map((_, index) => index).filter((index) => index !== first);
  others.sort((one, other) => alikeFirst(other) - alikeFirst(one));
  for (const [letter, index] of [["A", first], ["B", others[0] ?? first], ["C", others[1] ?? first]]) {
    models[letter].querySelector("select").selectedIndex = index;
  }
  part("merge").replaceChildren(
    make("div", { className: "panel-grid" }, [labelled("Method", method), ...Object.values(models), amount, labelled("Precision", dtype), labelled("VAE", vae), labelled("Name", name)]),
    loras,
    make("div", { className: "panel-end" }, [add, make("p", { textContent: "The result is a new file; the models that it is made of stay as they are." }), begin]),
    messages,
  );
  name.oninput = () => (merging.typed = true);
  part("merge").oninput = followMerge;
  if (checkpoints.length < 2) method.value = LORAS_ONLY;
  followMerge();
}

/** Shows what the method needs, and proposes a name. */
function followMerge() {
  const { method, models, weight, formula, amount, name, begin } = merging;
  const chosen = METHODS[method.value];
  const needed = chosen?.models ?? ["A"];
  for (const [letter, field] of Object.entries(models)) field.hidden = !needed.includes(letter);
  amount.hidden = !chosen;
  formula.textContent = chosen?.formula(weight.valueAsNumber) ?? "";
  if (method.value === LORAS_ONLY && !merging.loras.childElementCount && usable("lora").length) merging.loras.append(loraRow());
  const names = needed.map((letter) => models[letter].querySelector("select").value.split("/").at(-1)).filter(Boolean);
  if (!merging.typed) name.value = names.length ? names.join(chosen ? " + " : "") + (chosen ? "" : " baked") : "";
  begin.disabled = !names.length;
}

part("merge").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { method, models, weight, loras, dtype, vae, name, messages } = merging;
  const chosen = METHODS[method.value];
  const json = {
    method: chosen ? method.value : "weighted_sum",
    models: (chosen?.models ?? ["A"]).map((letter) => models[letter].querySelector("select").value),
    weight: weight.valueAsNumber,
    loras: [...loras.children].map((row) => ({ name: row.querySelector("select").value, weight: row.querySelector("input").valueAsNumber || 0 })),
    dtype: dtype.value,
    vae: vae.value || null,
    name: name.value.trim(),
  };
  try {
    takeTask(await window.darkroom.ask(`${MODELS}/merges`, { json }));
    closePanel("merge");
  } catch (problem) {
    panelMessage(messages, problem);
  }
});
