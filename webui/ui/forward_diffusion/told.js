// What is told to the user: problems as messages, levels in words.

function problemIn(name, problem) {
  if (problem) panelMessage(part(name), problem);
  else part(name).replaceChildren();
}

/** A number with the digits that tell. */
function levelNumber(value) {
  if (value === 0) return "0";
  return value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(3);
}

/** What a level means, in a sentence. */
function levelInWords(sigma) {
  if (sigma < 0.2) return "A film of noise over an untouched picture: the model would only brush up details.";
  if (sigma < 0.7) return "Fine detail drowns first. What is where can still be seen plainly.";
  if (sigma < 1.5) return "Picture and noise are about equally strong. Large shapes hold; faces and textures are gone.";
  if (sigma < 4) return "Noise prevails. Only the rough layout and the main colours can be made out.";
  if (sigma < 10) return "Hardly a trace is left. The model would take light and dark from it, and invent the rest.";
  return "As good as pure noise. From here the model makes a new picture, as txt2img does.";
}

/** What the round trip through the latents did, by its PSNR in decibels. */
function roundTripInWords(psnr) {
  if (psnr === null) return "Nothing was lost on the way: both pictures are the same.";
  const verdict =
    psnr >= 40 ? "hardly anyone would see a difference" : psnr >= 30 ? "fine detail is a little softer" : psnr >= 25 ? "fine detail is lost" : "the loss is plain to see";
  return `No noise yet: your picture went into the latents and back again. ${psnr.toFixed(1)} dB PSNR: ${verdict}.`;
}
