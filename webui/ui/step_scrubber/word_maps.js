// The maps of the words of a prompt: fetched once for each step, and painted in amber.

const MOST_MAPS = 24; // steps whose maps are kept here; one is at most a few hundred kilobytes
const RAMP = [[14, 11, 8], [92, 58, 20], [242, 160, 44], [255, 244, 222]]; // as in the heat maps of the server

/** The colour of a grey value from 0 to 255. */
function rampAt(grey) {
  const at = (grey / 255) * (RAMP.length - 1);
  const low = Math.min(Math.floor(at), RAMP.length - 2);
  return RAMP[low].map((from, channel) => from + (RAMP[low + 1][channel] - from) * (at - low));
}

/** A word's map as amber over darkness, opaque; how strongly it covers is the overlay's own opacity. */
function amberMap(strip, { columns, width, height }, cell) {
  const map = document.createElement("canvas");
  Object.assign(map, { width, height });
  const context = map.getContext("2d", { willReadFrequently: true });
  const [left, top] = [(cell % columns) * width, Math.floor(cell / columns) * height];
  context.drawImage(strip, left, top, width, height, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let index = 0; index < pixels.data.length; index += 4) {
    const grey = pixels.data[index];
    pixels.data.set(rampAt(grey), index);
    pixels.data[index + 3] = 255 - grey * 0.3; // what is looked at most still shows through
  }
  context.putImageData(pixels, 0, 0);
  return map;
}

/** The maps of all words at the steps that were asked for, newest last. */
class AttentionBook {
  constructor() {
    this.maps = new Map(); // address -> {words, columns, width, height, strip}
  }

  async at(address, signal) {
    const known = this.maps.get(address);
    if (known) return known;
    const told = await window.darkroom.ask(address, { signal });
    const response = await fetch(told.url, { signal });
    if (!response.ok) throw new Error("The maps of this step could not be fetched. Click the word again.");
    const found = { ...told, strip: await createImageBitmap(await response.blob()) };
    this.maps.set(address, found);
    if (this.maps.size > MOST_MAPS) this.forget(this.maps.keys().next().value);
    return found;
  }

  forget(address) {
    this.maps.get(address).strip.close();
    this.maps.delete(address);
  }

  clear() {
    for (const address of [...this.maps.keys()]) this.forget(address);
  }
}
