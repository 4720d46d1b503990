// Which latents are painted: a byte each, 255 where they are. Masks are never changed once they are in the list.

class LatentMask {
  constructor(width, height, pixels = new Uint8Array(width * height)) {
    Object.assign(this, { width, height, pixels });
  }

  copy() {
    return new LatentMask(this.width, this.height, this.pixels.slice());
  }

  get count() {
    return this.pixels.reduce((sum, value) => sum + (value > 0), 0);
  }

  /** As the server reads it: a bit each, row by row, as base64. */
  toJSON() {
    const bytes = new Uint8Array(Math.ceil(this.pixels.length / 8));
    this.pixels.forEach((value, place) => value && (bytes[place >> 3] |= 0x80 >> (place & 7)));
    return { width: this.width, height: this.height, bits: btoa(String.fromCharCode(...bytes)) };
  }
}
