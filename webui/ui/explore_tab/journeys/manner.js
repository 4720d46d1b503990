// The manner of going: easing, spacing, the way between prompts, closing the circle; and the settings of all frames.

function joinManner() {
  part("manner").addEventListener("change", ({ target }) => {
    if (!target.name || !target.validity.valid) return;
    const values = { checkbox: target.checked, number: target.valueAsNumber };
    plan.setManner({ [target.name.replace("journey-", "")]: values[target.type] ?? target.value });
  });
  part("take-form").onclick = () => {
    plan.request = null;
    plan.changed();
  };
  plan.onChange(showManner);
  window.addEventListener("darkroom:form", showManner);
}

function showManner() {
  for (const input of part("manner").querySelectorAll("[name]")) {
    const value = plan.manner[input.name.replace("journey-", "")];
    if (input.type === "checkbox") input.checked = value;
    else input.value = value;
  }
  const { width, height, steps, sampler } = plan.request ?? baseRequest();
  const shared = [width && `${width} × ${height}`, steps && `${steps} steps`, sampler].filter(Boolean);
  part("shared").textContent = [...shared, plan.request ? "the journey's own" : "as in txt2img"].join(" · ");
  part("take-form").hidden = !plan.request;
  part("strength-field").hidden = !plan.stops.some(({ picture }) => picture);
}
