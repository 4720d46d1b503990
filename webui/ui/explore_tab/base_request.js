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

/**
 * What the form's picture shows: its words, with the blend that stands in their place, sliders and turns of the noise.
 * The form has the blend and the turns as texts, which the server reads; throws its problem with them.
 */
async function formPoint() {
  const [form] = window.darkroom.readDraft();
  const point = { prompt: form?.prompt ?? "", sliders: form?.sliders ?? [] };
  if (form?.blend?.trim()) point.blend = await blendOf(form.blend, form.blend_way);
  if (form?.noise_turns?.trim()) point.noise_turns = await turnsOf(form.noise_turns);
  return point;
}

async function blendOf(text, way) {
  return (await window.darkroom.ask(`${EXPLORE}/expression`, { json: { text, way: way || "linear" } })).blend;
}

async function turnsOf(text) {
  const { fields, notes } = await window.darkroom.ask("/api/v1/infotext", { json: { text: `-\nSteps: 1, Sampler: Euler, Noise turns: ${JSON.stringify(text)}` } });
  if (fields.noise_turns) return fields.noise_turns;
  throw { message: notes[0] ?? "The form's turns of the noise cannot be read.", hint: "Write a share and a seed, as in '0.3 to 77; 0.5 to 9'." };
}

/** The settings in a line, for people. */
function baseInWords({ width, height, steps, sampler, cfg_scale: scale, seed }) {
  return [width && `${width} × ${height}`, steps && `${steps} steps`, sampler, scale && `CFG ${scale}`, `seed ${seed}`].filter(Boolean).join(" · ");
}
