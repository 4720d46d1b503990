// The fields of an edit. Each returns {element, show(edit)}: rows stay while their values change, so that a drag goes on.

/** Which channel; `everywhere` offers all of them, too. */
function channelChoice({ name, label = "", everywhere = false }, count, change) {
  const names = Array.from({ length: count }, (_, channel) => make("option", { value: channel, textContent: `Channel ${channel + 1}` }));
  const all = everywhere ? [make("option", { value: "", textContent: "All channels" })] : [];
  const select = make("select", { attributes: { "aria-label": label || "Channel", "data-field": name } }, [...all, ...names]);
  select.onchange = () => change({ [name]: select.value === "" ? null : Number(select.value) });
  const words = label ? [make("span", { textContent: label })] : [];
  return {
    element: make("label", { className: "edit-channel" }, [...words, select]),
    show: (edit) => (select.value = edit[name] ?? ""),
  };
}

/** A number with its slider; what the slider cannot reach can be typed. */
function numberField({ name, label, low, high, step, least, most }, change) {
  const range = make("input", { type: "range", min: low, max: high, step, attributes: { "aria-label": label, "data-field": name } });
  const typed = make("input", { type: "number", min: least, max: most, step: "any", attributes: { "aria-label": `${label}, exactly` } });
  const show = (value) => {
    range.value = value;
    range.style.setProperty("--done", `${(100 * (between(low, value, high) - low)) / (high - low)}%`);
    if (document.activeElement !== typed) typed.value = Number(value.toFixed(3));
  };
  range.oninput = () => change({ [name]: Number(range.value) }, { live: true });
  range.onchange = () => change({ [name]: Number(range.value) });
  typed.onchange = () => {
    const value = typed.value.trim() === "" ? NaN : Number(typed.value);
    if (Number.isFinite(value)) change({ [name]: between(least, value, most) });
  };
  typed.onblur = () => (typed.value = Number(Number(range.dataset.value ?? range.value).toFixed(3)));
  return {
    element: make("div", { className: "edit-number" }, [make("span", { textContent: label }), range, typed]),
    show: (edit) => {
      range.dataset.value = edit[name];
      show(edit[name]);
    },
  };
}

function seedField(change) {
  const typed = make("input", { type: "number", min: 0, max: 2 ** 32 - 1, step: 1, attributes: { "aria-label": "Seed" } });
  const dice = make("button", { type: "button", className: "quiet icon-only", title: "Other noise", attributes: { "aria-label": "Other noise" } }, [icon("dices")]);
  typed.onchange = () => change({ seed: Math.round(between(0, Number(typed.value) || 0, 2 ** 32 - 1)) });
  dice.onclick = () => change({ seed: Math.floor(Math.random() * 2 ** 32) });
  return {
    element: make("div", { className: "edit-seed" }, [make("span", { textContent: "seed" }), typed, dice]),
    show: (edit) => (typed.value = edit.seed),
  };
}

/** Take up the brush of a painting, set its width, or wipe what was painted. */
function brushField(id, brush, change) {
  const take = make("button", { type: "button", className: "quiet", attributes: { "data-testid": "latents-brush" } }, [icon("brush"), "Brush"]);
  const erase = make("button", { type: "button", className: "quiet icon-only", title: "Eraser", attributes: { "aria-label": "Eraser" } }, [icon("eraser")]);
  const clear = make("button", { type: "button", className: "quiet icon-only", title: "Wipe it all", attributes: { "aria-label": "Wipe it all" } }, [icon("rotate-ccw")]);
  const width = make("input", { type: "range", min: 1, max: 16, step: 0.5, attributes: { "aria-label": "Brush width in latents" } });
  const painted = make("span", { className: "edit-painted" });
  take.onclick = () => brush.take(brush.edit === id && !brush.erasing ? null : id, false);
  erase.onclick = () => brush.take(brush.edit === id && brush.erasing ? null : id, true);
  clear.onclick = () => change({ mask: null });
  width.oninput = () => brush.setWidth(Number(width.value));
  return {
    element: make("div", { className: "edit-brush" }, [take, erase, clear, make("label", {}, [make("span", { textContent: "width" }), width]), painted]),
    show: ({ mask }) => {
      take.setAttribute("aria-pressed", String(brush.edit === id && !brush.erasing));
      erase.setAttribute("aria-pressed", String(brush.edit === id && brush.erasing));
      clear.disabled = !mask;
      width.value = brush.width;
      width.style.setProperty("--done", `${(100 * (brush.width - 1)) / 15}%`);
      painted.textContent = mask ? `${mask.count} latents` : "paint on the picture";
    },
  };
}
