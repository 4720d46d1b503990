// The mask: one byte for each pixel of the picture, 255 where it is to be changed.

class Mask {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height);
    this.words = new Int32Array(this.pixels.buffer, 0, this.pixels.length >> 2); // four at a time, where all are meant
    this.rest = this.pixels.subarray(this.words.length << 2);
  }

  get everything() {
    return { left: 0, top: 0, right: this.width, bottom: this.height };
  }

  get empty() {
    const { words } = this;
    for (let index = 0; index < words.length; index++) if (words[index]) return false;
    return !this.rest.some(Boolean);
  }

  invert() {
    const { words, rest } = this;
    for (let index = 0; index < words.length; index++) words[index] ^= -1;
    for (let index = 0; index < rest.length; index++) rest[index] ^= 255;
  }

  copyOf({ left, top, right, bottom }) {
    const width = right - left;
    const copy = new Uint8Array(width * (bottom - top));
    for (let y = top; y < bottom; y++) {
      const start = y * this.width + left;
      copy.set(this.pixels.subarray(start, start + width), (y - top) * width);
    }
    return copy;
  }

  put(copy, { left, top, right, bottom }) {
    const width = right - left;
    for (let y = top; y < bottom; y++) {
      const start = (y - top) * width;
      this.pixels.set(copy.subarray(start, start + width), y * this.width + left);
    }
  }
}
