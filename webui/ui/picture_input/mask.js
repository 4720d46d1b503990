// The mask: one byte for each pixel of the picture, 255 where it is to be changed.

class Mask {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height);
  }

  get everything() {
    return { left: 0, top: 0, right: this.width, bottom: this.height };
  }

  get empty() {
    const { buffer, length } = this.pixels;
    const words = new Uint32Array(buffer, 0, length >> 2);
    for (let index = 0; index < words.length; index++) if (words[index]) return false;
    return !this.pixels.subarray(words.length << 2).some(Boolean);
  }

  invert() {
    const { pixels } = this;
    for (let index = 0; index < pixels.length; index++) pixels[index] ^= 255;
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
