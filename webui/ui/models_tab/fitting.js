// Whether something goes with the chosen model: LoRAs, VAEs and embeddings are made for one architecture.

const NEEDS_A_FIT = ["lora", "embedding", "vae", "controlnet", "t2i-adapter", "ip-adapter"];
const LIKE = { vae: [["sd1", "sd2"], ["sdxl", "sdxl-refiner"], ["flux", "chroma", "z-image"]] };

function alike(kind, one, other) {
  return one === other || (LIKE[kind] ?? []).some((group) => group.includes(one) && group.includes(other));
}

/** Why a model cannot be used now, in a sentence; an empty text when it can. */
function obstacle(entry, chosen) {
  if (entry.problem) return asSentence(entry.problem, entry);
  if (!chosen || !NEEDS_A_FIT.includes(entry.kind)) return "";
  const takes = chosen.capabilities ?? [];
  const needed = { lora: "lora", embedding: "embeddings" }[entry.kind];
  if (needed && takes.length && !takes.includes(needed)) return `${shortName(chosen)} takes no ${kindsInWords(entry.kind)}.`;
  const [own, wanted] = [entry.latent_channels, chosen.latent_channels];
  if (entry.kind === "vae" && own && wanted && own !== wanted) {
    return `Its latents have ${own} channels; those of ${shortName(chosen)} have ${wanted}.`;
  }
  if (!entry.architecture || !chosen.architecture || alike(entry.kind, entry.architecture, chosen.architecture)) return "";
  const made = entry.base || architectureInWords(entry.architecture);
  return `Made for ${made}; the chosen model is ${baseOf(chosen)}.`;
}
