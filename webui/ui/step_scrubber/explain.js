// The words behind each '?', by the key that a button names in `data-explain`: a title and a few plain sentences for
// someone who never heard of latent space. `static/explainer.js` shows them.
window.darkroom.explanations = {
  // The views of a step
  xt: {
    title: "Noisy picture (x_t)",
    words: [
      "What the model has in hand at this step: picture and noise mixed. At the left end of the slider it is mostly noise; every step takes some of it away.",
      "The model works on a small compressed form of the picture, the latents. Here they are turned into colours for you.",
    ],
  },
  x0: {
    title: "Predicted picture (x0)",
    words: [
      "The model's guess at the finished picture, made from the noisy one at this step.",
      "Early guesses are rough: many different pictures could hide in so much noise, and the guess lies somewhere between them, pushed towards your words. With each step fewer are left, and it becomes sharp.",
    ],
  },
  delta: {
    title: "What changed",
    words: [
      "How the model's guess at the picture differs from its guess a step before: amber where it changed most, dark where it stayed as it was.",
      "Drag on, and you see which parts the model is still working on. All steps are shown at the same brightness, so late ones are darker.",
    ],
  },
  noise: {
    title: "Predicted noise",
    words: [
      "What the model takes for noise in the picture at this step. The sampler removes a part of it, and the result is the next step's picture.",
      "It looks like static because it nearly is. Faint shapes in it are places where the model's guess at the picture is still off.",
    ],
  },
  channels: {
    title: "Latent channels",
    words: [
      "The latents, taken apart. They are not red, green and blue but a few layers of numbers that the model's compressor invented; in most models there are four, each with an eighth of the picture's width and height.",
      "Bright is a high number, dark a low one. No layer has a name, but often one resembles light and dark and the others tell colours apart.",
    ],
  },
  guidance: {
    title: "Where the prompt pushes",
    words: [
      "At each step the model is asked twice: once with your prompt and once without it (or with the negative prompt). Amber is where the two answers differ most.",
      "The CFG scale multiplies exactly this difference: the higher it is, the harder these places are pushed towards your words.",
    ],
  },
  influence: {
    title: "What the word changes",
    words: [
      "The model is asked again at this step, without the word. Amber is where its guess at the picture then comes out differently: those places are there because of the word.",
      "The line under each word says how much it changes compared with the others. Early on a few words do nearly everything.",
    ],
  },
  attention: {
    title: "Where the model looks",
    words: [
      "Inside the model, every place of the picture looks at the words of the prompt and takes something from each. Amber shows the places that looked at the chosen word most, at this step.",
      "Each word is shown at its own full brightness, so compare places, not words. Looking is not yet doing: in a small model these maps are coarse, and what a word changes says more.",
    ],
  },
  // The plots
  schedule: {
    title: "Noise schedule (sigma)",
    words: [
      "How strong the noise is at each step, compared with the picture: at sigma 10 it is ten times as strong, at 1 they are equal, at 0 none is left.",
      "The sampler walks down this curve. The amber mark is where you are; click to go elsewhere.",
    ],
  },
  snr: {
    title: "Signal-to-noise ratio",
    words: [
      "The same curve in decibels, as it is used for sound: at 0 dB picture and noise are equally strong, and every 20 dB the picture is ten times as strong again.",
      "As a rule, what goes where is settled while noise still prevails, and details come after.",
    ],
  },
  movement: {
    title: "Movement",
    words: [
      "How far the latents moved in each step. A long bar is a step that changed the numbers a lot, a short one a small correction.",
      "A long step is not always a visible one, as taking away noise is movement, too. Compare it with the predicted picture at the same step.",
    ],
  },
  // The slider and its tools
  position: {
    title: "The steps",
    words: [
      "Every picture here begins as noise and is made in steps, in each of which the model takes some noise away. The slider goes through all of them: 0 is where it began, the right end is the finished picture.",
      "Nothing is calculated while you drag. The steps were kept when the picture was made.",
    ],
  },
  // The panels
  branch: {
    title: "Take another way from here",
    words: [
      "Goes back to this step and continues differently from there: with another prompt, another seed, other settings. What was decided before this step stays, what comes after is open again.",
      "Early steps change the composition, late ones only details. If you change nothing, the same picture comes out again, to the last bit.",
    ],
  },
  painting: {
    title: "Paint over this step",
    words: [
      "Shows the guess at the picture at this step, and you paint over it. Your paint is given the noise that belongs to this step, and the model goes on from there as if the guess had been its own.",
      "At early steps the noise drowns what the words do not ask for; in the middle rough colours are developed into something; at late steps what you paint stays almost as it is.",
    ],
  },
  family: {
    title: "Family tree",
    words: [
      "Each time you take another way from a step, a branch grows. The tree shows which picture came from which, at what step they parted, and what was changed there.",
    ],
  },
  compare: {
    title: "Compare",
    words: [
      "Two pictures' ways side by side at the same step, with one slider for both. Until the step where they parted they are the same.",
    ],
  },
  apart: {
    title: "Where they differ",
    words: [
      "Both pictures laid over each other: dark where they are alike, amber to pale where they are not. Before the step at which two ways part, all of it is dark.",
    ],
  },
  export: {
    title: "Take it with you",
    words: [
      "Saves this step or all of them as picture files, a contact sheet or a small film. Full pictures are decoded first, which takes a moment for each step.",
      "The recording itself holds everything and is the smallest: dropped on this page, here or elsewhere, it opens again.",
    ],
  },
  // From any picture
  forward: {
    title: "Noise, added",
    words: [
      "The model learnt by being shown pictures with more and more noise and asked what was under it. This is that road, from a clean picture to pure noise, at the levels of your schedule.",
      "Left, the noise is added to the pixels; right, to the latents, as the model has it. To the eye they drown in different ways, though both get the same share of noise. The noise at the right is the very one from which the way back begins.",
    ],
  },
  roundtrip: {
    title: "There and back",
    words: [
      "Before the model sees a picture, it is compressed into latents, and afterwards unfolded again. This is your picture after that journey, before any noise.",
      "Colours and large shapes survive; fine texture, small letters and faces may not. What is lost here, no number of steps brings back exactly.",
    ],
  },
  psnr: {
    title: "PSNR",
    words: [
      "How close the returned picture is to the original, in decibels. Above 40 dB hardly anyone sees a difference, around 30 fine detail is softer, below 25 it is plain to see.",
      "It compares pixel by pixel and knows nothing of what matters to you, so look as well.",
    ],
  },
  difference: {
    title: "Difference",
    words: [
      "Where the picture changed on its way through the latents: bright where it differs most from the original, dark where it stayed. It is brightened so that small differences can be seen.",
    ],
  },
  denoise: {
    title: "Denoise back from here",
    words: [
      "Starts at this much noise and lets the model find a picture in it again, guided by your prompt. It is img2img: the noise level is what 'denoising strength' means there.",
      "With little noise your picture comes back with small changes; with much, only its colours and rough layout lead the way.",
    ],
  },
};
