// What models are called on the page.

const KINDS = [
  ["checkpoint", "Checkpoints", "checkpoint"],
  ["lora", "LoRA", "LoRA"],
  ["embedding", "Embeddings", "embedding"],
  ["vae", "VAE", "VAE"],
  ["controlnet", "ControlNet", "ControlNet"],
  ["t2i-adapter", "T2I-Adapter", "T2I-Adapter"],
  ["ip-adapter", "IP-Adapter", "IP-Adapter"],
  ["upscaler", "Upscalers", "upscaler"],
  ["text-encoder", "Text encoders", "text encoder"],
  ["unknown", "Unknown", "unknown file"],
];
const PREDICTIONS = { epsilon: "epsilon (noise)", v_prediction: "v-prediction", flow: "flow matching", sample: "the picture itself" };
const ARCHITECTURES = {
  sd1: "SD 1.x",
  sd2: "SD 2.x",
  sdxl: "SDXL",
  "sdxl-refiner": "SDXL refiner",
  sd3: "SD 3",
  flux: "FLUX.1",
  chroma: "Chroma",
  "flux-2": "FLUX.2",
  "z-image": "Z-Image",
  "qwen-image": "Qwen-Image",
};

function kindInWords(kind) {
  return KINDS.find(([name]) => name === kind)?.[2] ?? kind;
}

function kindsInWords(kind) {
  return KINDS.find(([name]) => name === kind)?.[1] ?? kind;
}

/** What a model is built on, for people: "SDXL 1.0"; an empty text where nobody knows. */
function baseOf(entry) {
  return entry.base || ARCHITECTURES[entry.architecture] || entry.architecture || "";
}

function architectureInWords(architecture) {
  return ARCHITECTURES[architecture] ?? architecture;
}

/** The name without the folders that it lies in. */
function shortName(entry) {
  return entry.name.split("/").at(-1);
}

/** A problem as a sentence of its own: most of the server's go on after a name, some begin with the file's. */
function asSentence(problem, entry) {
  const text = problem.trim();
  return text.startsWith(shortName(entry)) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
