// What is known of a model, as names and values.

function countInWords(count) {
  if (!count) return "";
  for (const [size, unit] of [[1e9, "billion"], [1e6, "million"], [1e3, "thousand"]])
    if (count >= size) return `${(count / size).toPrecision(3).replace(/\.0+$/, "")} ${unit}`;
  return String(count);
}

function factsOf(entry, told) {
  const { hashes } = told ?? entry;
  const side = entry.kind === "checkpoint" ? `${entry.default_width} × ${entry.default_height}` : "";
  return [
    ["Kind", [kindInWords(entry.kind), entry.form].filter(Boolean).join(", ")],
    ["Base model", baseOf(entry)],
    ["Made for", entry.inpainting ? "inpainting" : ""],
    ["Predicts", PREDICTIONS[entry.prediction] ?? entry.prediction],
    ["Own size", side],
    ["Precision", entry.dtype],
    ["Parameters", countInWords(entry.parameters)],
    ["Size", sizeOf(entry.size_bytes)],
    ["Format", entry.format],
    ["Known as", entry.alias],
    ["Hash", hashes?.autov2],
    ["AutoV3", hashes?.autov3],
    ["SHA-256", hashes?.sha256],
    ["File", entry.path],
  ].filter(([, value]) => value);
}

function factList(facts) {
  return make(
    "dl",
    { className: "model-facts-list" },
    facts.map(([name, value]) => make("div", {}, [make("dt", { textContent: name }), make("dd", { textContent: String(value) })])),
  );
}

/** Tags that a LoRA was trained with, as buttons that put them into the prompt: [[tag, count], ...]. */
function tagButtons(tags) {
  return tags.map(([tag, count]) => {
    const button = make("button", { type: "button", className: "tag", onclick: () => putWords(tag).catch(tell) }, [
      make("span", { textContent: tag }),
      ...(count ? [make("span", { className: "tag-count", textContent: count.toLocaleString("en") })] : []),
    ]);
    button.setAttribute("aria-pressed", String(holdsWords(promptNow(), tag)));
    button.dataset.testid = "model-tag";
    return button;
  });
}
