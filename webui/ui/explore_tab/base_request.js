// What all points of a panel share: the settings of the making tabs, as they are now.

const SHARED_FIELDS = [
  "model", "vae", "negative_prompt", "width", "height", "steps", "sampler", "schedule", "cfg_scale", "distilled_guidance",
  "flow_shift", "fast", "clip_skip", "emphasis", "noise_source", "tiling", "guidance", "cfg_rescale", "guidance_start",
  "guidance_end", "pag_scale", "eta", "s_churn", "s_tmin", "s_tmax", "s_noise",
]; // prettier-ignore

let drawnSeed = null; // for a form whose seed is random: all points need the same one

/** A new seed for the points of a form that asks for a random one. */
function drawSeed() {
  drawnSeed = Math.floor(Math.random() * 2 ** 32);
  return drawnSeed;
}

/** The values of a request but its words: {model, steps, ..., seed}; the seed is never random. */
function baseRequest() {
  const [form] = window.darkroom.readDraft();
  const told = SHARED_FIELDS.filter((name) => !window.darkroom.unheeded.has(name) && ![undefined, null, ""].includes(form?.[name]));
  const seed = form?.seed >= 0 ? form.seed : (drawnSeed ?? drawSeed());
  return { ...Object.fromEntries(told.map((name) => [name, form[name]])), seed };
}

/** The settings in a line, for people. */
function baseInWords({ width, height, steps, sampler, cfg_scale: scale, seed }) {
  return [width && `${width} × ${height}`, steps && `${steps} steps`, sampler, scale && `CFG ${scale}`, `seed ${seed}`].filter(Boolean).join(" · ");
}
