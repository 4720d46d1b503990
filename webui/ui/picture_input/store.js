// The server's store of pictures: what is put there, and what is read from there.

const PICTURES = "/api/v1/pictures";
const LARGEST_FILE = 64 * 2 ** 20; // bytes that the server takes

class Problem extends Error {
  constructor(message, hint = "") {
    super(message);
    this.hint = hint;
  }
}

function addressOf(picture) {
  return `${PICTURES}/${picture}`;
}

/** Uploads a file of any kind of picture; `onProgress` hears of the share that is sent. */
function upload(file, onProgress = () => {}) {
  if (file.size > LARGEST_FILE)
    return Promise.reject(new Problem("This file is larger than 64 MB.", "Save it smaller, or as JPEG or WebP."));
  const request = new XMLHttpRequest(); // fetch tells nothing about what is sent so far
  return new Promise((resolve, reject) => {
    request.open("POST", PICTURES);
    request.responseType = "json";
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onerror = () =>
      reject(new Problem("The picture did not reach the server.", "It may be restarting; try again in a moment."));
    request.onload = () => {
      if (request.status === 201) resolve(request.response);
      else reject(refusal(request));
    };
    request.send(file);
  });
}

function refusal({ status, response }) {
  const answer = `The server could not take this picture (answer ${status}).`;
  return new Problem(response?.error ?? answer, response?.hint ?? "");
}

/** The bytes of a mask from a picture: its alpha where it has one, else its light. Scaled to the size that is given. */
async function maskFrom(blob, { width, height }) {
  const bitmap = await createImageBitmap(blob).catch(() => {
    throw new Problem("This file cannot be read as a mask.", "Choose a PNG, JPEG or WebP picture.");
  });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const original = { width: bitmap.width, height: bitmap.height };
  bitmap.close();
  return { bytes: greyOf(data), original };
}

function greyOf(data) {
  const grey = new Uint8Array(data.length / 4);
  let transparent = false;
  for (let index = 3; index < data.length && !transparent; index += 4) transparent = data[index] < 255;
  for (let index = 0, at = 0; index < grey.length; index++, at += 4) {
    // Weights of ITU-R BT.601, as Pillow's conversion to "L" has them.
    grey[index] = transparent ? data[at + 3] : (299 * data[at] + 587 * data[at + 1] + 114 * data[at + 2] + 500) / 1000;
  }
  return grey;
}

async function read(picture) {
  const response = await fetch(addressOf(picture)).catch(() => null);
  if (!response?.ok) throw new Problem("A picture is no longer in the server's store.", "Choose it again.");
  return response.blob();
}
