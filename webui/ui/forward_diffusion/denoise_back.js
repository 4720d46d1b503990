// The way back: img2img from the level that is shown, with the form's other settings; then its recording is opened.

const LEAST_SIDE = 64; // pixels, as in every request
const MOST_SIDE = 2048;

/** The settings of the making tabs that hold here, too. */
function formSettings() {
  const [fields] = window.darkroom.readDraft();
  const names = ["model", "steps", "sampler", "schedule", "cfg_scale", "negative_prompt"];
  return Object.fromEntries(names.filter((name) => fields?.[name] != null).map((name) => [name, fields[name]]));
}

/** The picture's shape at about as many pixels as the model was made for, in multiples of 8. */
async function sizeFor({ width, height }, model) {
  const models = await window.darkroom.ask("/api/v1/models").catch(() => []);
  const chosen = models.find(({ name }) => name === model) ?? models[0];
  const area = chosen ? chosen.default_width * chosen.default_height : 256 * 256;
  const scale = Math.max(Math.sqrt(area / (width * height)), LEAST_SIDE / Math.min(width, height));
  const side = (length) => between(LEAST_SIDE, Math.round((length * scale) / 8) * 8, MOST_SIDE);
  return { width: side(width), height: side(height) };
}

class DenoiseBack {
  constructor(levels) {
    this.levels = levels;
    this.picture = null; // {id, width, height, prompt}
    this.asked = null; // what the levels were asked with
    this.working = null;
    part("back").addEventListener("submit", (event) => {
      event.preventDefault();
      this.start();
    });
    part("cancel").onclick = () => this.working?.abort();
  }

  show() {
    const { sampler, steps } = this.asked;
    const { level, now } = this.levels;
    const walked = `${level} of ${steps} ${steps === 1 ? "step" : "steps"}`;
    part("settings").textContent =
      level === 0 ? "Drag the noise up first: without noise there is nothing to find." : `strength ${now.strength.toFixed(2)} · ${walked} · ${sampler}`;
    part("start").disabled = level === 0 || Boolean(this.working);
  }

  request() {
    const { picture, seed, width, height, ...settings } = this.asked;
    const start = { kind: "picture", picture, strength: this.levels.now.strength };
    return { ...formSettings(), ...settings, prompt: part("prompt").value, seed, width, height, start };
  }

  async start() {
    if (this.working || this.levels.level === 0) return;
    const working = (this.working = new AbortController());
    this.busy(true);
    try {
      const onNews = (words, share) => {
        part("status").textContent = words;
        part("bar").style.width = `${100 * share}%`;
      };
      const made = await window.darkroom.makePicture(this.request(), { onNews, signal: working.signal });
      this.finish(made);
    } catch (problem) {
      part("status").textContent = working.signal.aborted ? "Cancelled" : "";
      if (!working.signal.aborted) problemIn("back-messages", problem);
    } finally {
      this.working = null;
      this.busy(false);
    }
  }

  busy(working) {
    part("cancel").hidden = !working;
    part("progress").hidden = !working;
    if (working) {
      problemIn("back-messages", null);
      part("bar").style.width = "0";
      part("result").hidden = true;
    }
    this.show();
  }

  finish({ trajectory, row, url }) {
    part("status").textContent = "";
    if (trajectory) return window.darkroom.openRecording({ trajectory, picture: row, position: 0 });
    part("result").src = url;
    part("result").hidden = false;
    part("status").textContent = "Done. Recording is switched off in the settings, so its steps were not kept.";
  }
}
