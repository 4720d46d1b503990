// What the panel asks of the server.

const LATENTS = "/api/v1/explore/latents";

const latentsApi = {
  inspect: (question, signal) => window.darkroom.ask(LATENTS, { json: question, signal }),
  distance: (question, signal) => window.darkroom.ask(`${LATENTS}/distance`, { json: question, signal }),
  nearest: (question, signal) => window.darkroom.ask(`${LATENTS}/nearest`, { json: question, signal }),
  /** Where a picture that was made here was recorded: {trajectory, row}, or null. */
  recordingOf: async (picture) => {
    const told = await window.darkroom.ask(`/api/v1/images/${picture}/trajectory`).catch(() => null);
    return told?.trajectory ? told : null;
  },
};

/** The model that the form has chosen, or null for the server's own choice. */
function chosenModel() {
  return baseRequest().model ?? null;
}

/** The grey cells of a file of channels, (latents) bytes each. */
async function loadChannels({ channels_url: address, channels, columns, latent_width: width, latent_height: height }, signal) {
  const bitmap = await createImageBitmap(await fetchPicture(address, signal));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return channels.map((_, number) => {
    const { data } = context.getImageData((number % columns) * width, Math.floor(number / columns) * height, width, height);
    return Uint8Array.from({ length: width * height }, (__, place) => data[4 * place]);
  });
}

/** From the page's dark to paper white, in both themes: a print, which leaves the amber to what is alive. */
const PRINT = Uint32Array.from({ length: 256 }, (_, value) => {
  const [red, green, blue] = [[14, 246], [11, 242], [8, 234]].map(([low, high]) => low + ((high - low) * value) / 255);
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0; // as an ImageData has it in memory
});

/** Draw the grey values of a channel. */
function paintChannel(canvas, grey, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pixels = new ImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  grey.forEach((value, place) => (words[place] = PRINT[value]));
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}
