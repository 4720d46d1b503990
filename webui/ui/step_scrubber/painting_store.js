// Pictures from the server and to it: what is painted on, what was painted, and whether two are the same.

/** A picture of the server as a bitmap; throws a problem with its sentence. */
async function fetchBitmap(address) {
  const response = await fetch(address).catch(() => null);
  if (response?.ok) return createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
  const told = (await response?.json().catch(() => null)) ?? {};
  const message = told.error ?? "The picture of this step could not be fetched.";
  throw Object.assign(new Error(message), { hint: told.hint ?? "" });
}

/** Puts what an OffscreenCanvas shows into the server's store, without loss; returns its id. */
async function storePicture(canvas) {
  const body = await canvas.convertToBlob({ type: "image/png" });
  return (await window.darkroom.ask("/api/v1/pictures", { body })).id;
}

/** A mask, one byte for each pixel, as a grey picture. */
function greyCanvas({ width, height, pixels }) {
  const image = new ImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (let index = 0; index < pixels.length; index += 1) words[index] = 0xff000000 | (pixels[index] * 0x010101);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** Whether two pictures of the server are alike in every pixel; null where one cannot be had. */
async function samePixels(...addresses) {
  try {
    const bitmaps = await Promise.all(addresses.map(fetchBitmap));
    const [one, other] = bitmaps.map((bitmap) => {
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      bitmap.close();
      return data;
    });
    return one.length === other.length && one.every((value, index) => value === other[index]);
  } catch {
    return null;
  }
}
