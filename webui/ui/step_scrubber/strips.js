// A strip: every position of a view as one small picture, in rows of eight. One request brings all previews at once.

const STRIP_COLUMNS = 8;

/** The picture at an address. Throws a problem with the server's sentence, or an `AbortError`. */
async function fetchPicture(address, signal) {
  const response = await fetch(address, { signal }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw { message: "The server cannot be reached.", hint: "It may be restarting; try again in a moment.", status: 0 };
  });
  if (response.ok) return response.blob();
  const told = await response.json().catch(() => ({}));
  const message = told.error ?? `The server answered ${response.status}.`;
  throw { message, hint: told.hint ?? "", status: response.status };
}

class Strip {
  constructor(cells) {
    this.cells = cells; // an ImageBitmap for each position
  }

  static async load(address, count, signal) {
    const whole = await createImageBitmap(await fetchPicture(address, signal));
    const width = whole.width / STRIP_COLUMNS;
    const height = whole.height / Math.ceil(count / STRIP_COLUMNS);
    const cut = (_, index) =>
      createImageBitmap(whole, (index % STRIP_COLUMNS) * width, Math.floor(index / STRIP_COLUMNS) * height, width, height);
    const cells = await Promise.all(Array.from({ length: count }, cut));
    whole.close();
    return new Strip(cells);
  }

  get bytes() {
    return this.cells.reduce((sum, cell) => sum + 4 * cell.width * cell.height, 0);
  }

  close() {
    this.cells.forEach((cell) => cell.close());
  }
}
