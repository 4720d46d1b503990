// The manner of going: easing, spacing, the way between prompts, closing the circle; and the settings of all frames.

function joinManner() {
  part("manner").addEventListener("change", ({ target }) => {
    if (target.name) plan.setManner({ [target.name.replace("journey-", "")]: target.type === "checkbox" ? target.checked : target.value });
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
    else if (input.type === "radio") input.checked = input.value === value;
    else input.value = value;
  }
  const { width, height, steps, sampler } = plan.request ?? baseRequest();
  const shared = [width && `${width} × ${height}`, steps && `${steps} steps`, sampler].filter(Boolean);
  part("shared").textContent = [...shared, plan.request ? "from the file" : "as in txt2img"].join(" · ");
  part("take-form").hidden = !plan.request;
}
