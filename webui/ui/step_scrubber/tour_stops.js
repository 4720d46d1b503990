// Where the guided tour stops on a recording's way, and what it says there.

const LOOK_SIDE = 8; // pixels to which guesses are shrunk before they are compared: what is where, no details
const SETTLED = 0.25; // the share of its first distance to the finished picture that a settled guess still has

/** A frame as a few numbers: 8 by 8 pixels in three colours. */
function glanceAt(bitmap) {
  const canvas = new OffscreenCanvas(LOOK_SIDE, LOOK_SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, LOOK_SIDE, LOOK_SIDE);
  return context.getImageData(0, 0, LOOK_SIDE, LOOK_SIDE).data;
}

function distanceOf(one, other) {
  return Math.sqrt(one.reduce((sum, value, index) => sum + (value - other[index]) ** 2, 0));
}

/**
 * Where the composition settles: the first position from which every guess, seen at a glance, stays near the finished
 * picture. Without frames: where picture and noise are equally strong.
 */
async function settledAt() {
  const { last, frames, recording } = desk;
  await frames.ready("x0").catch(() => {});
  const inside = (position) => between(1, position, Math.max(1, last - 2));
  const previews = frames.strips.get("x0")?.cells; // all by one decoder, so that only the guesses differ
  if (!previews) return inside(recording.sigmas.findIndex((sigma) => sigma <= 1));
  const glances = previews.map(glanceAt);
  const distances = glances.map((glance) => distanceOf(glance, glances[last]));
  let position = last;
  while (position > 0 && distances[position - 1] <= SETTLED * distances[0]) position -= 1;
  return inside(position);
}

function timesStronger(sigma) {
  if (sigma >= 1.5) return `The noise is still ${Number(sigma.toPrecision(2))} times as strong as the picture`;
  if (sigma > 0.67) return "Noise and picture are about equally strong";
  return `The noise is down to ${Number(sigma.toPrecision(1))} of the picture's strength`;
}

/** The stops for the recording on the desk: {title, words, position, view, arrive}. */
async function tourStops() {
  const { last, recording } = desk;
  const { prompt, start } = recording.request;
  const settled = await settledAt();
  const details = between(settled + 1, Math.round((settled + last) / 2), Math.max(1, last - 1));
  const fromNoise = (start?.kind ?? "noise") === "noise";
  return [
    {
      title: fromNoise ? "Pure noise" : "The start, under noise",
      position: 0,
      view: "xt",
      words: fromNoise
        ? `Every picture begins like this: with numbers drawn by lot. The seed decides which ones.${prompt ? ` Nothing of “${prompt}” is in them yet.` : ""}`
        : "This walk did not begin with nothing: under the noise there is already something, and the more noise, the less of it counts.",
    },
    {
      title: "The first guess",
      position: 0,
      view: "x0",
      words: fromNoise
        ? "The same moment, seen differently: what the model, asked for the first time, takes for the picture under the noise. There is nothing to be seen in it yet, so the model goes by the words: a rough sketch, blurred here and overdrawn there."
        : "The same moment, seen differently: what the model, asked for the first time, takes for the picture under the noise.",
    },
    {
      title: "The composition settles",
      position: settled,
      view: "x0",
      words: `Step ${settled} of ${last}. Half close your eyes: from here on the guess stays near the finished picture. ${timesStronger(recording.sigmas[settled])}, but what is where is settled. To change that, take another way from an earlier step.`,
    },
    {
      title: "Details",
      position: details,
      view: "delta",
      words: `Step ${details}. This is what the last step changed in the guess: amber where much, dark where little. Early steps are bright all over; by now the large shapes stay, and what still stirs is edges, lights and textures.`,
    },
    {
      title: "The finished picture",
      position: last,
      view: "x0",
      words: `Step ${last} of ${last}: no noise is left, and the latents have been turned into pixels.`,
      beside: "words",
      arrive: () => showWhereItWorked(settled),
    },
  ];
}

/** The last stop: a word's map of an earlier step over the finished picture. Returns what is to be added to the words. */
async function showWhereItWorked(step) {
  const word = await wordsPanel.showStrongestAt(step);
  if (!word) return "";
  return ` The amber is where the word “${word}” made a difference at step ${step}, while the composition settled. Click other words below, or drag back and see where each of them worked.`;
}
