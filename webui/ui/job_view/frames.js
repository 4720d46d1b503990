// The frames of the one picture that is being looked at, decoded and ready to draw. A bitmap costs four bytes a pixel
// outside the garbage collector's sight, so each is closed as soon as another picture is chosen.

class FrameStore {
  constructor(onFrame) {
    this.onFrame = onFrame; // called with the step when its frame is ready
    this.key = null;
    this.bitmaps = new Map(); // step -> ImageBitmap; the finished picture is under "final"
    this.asked = new Map(); // step -> address that is loaded or on its way
    this.newest = null; // the address of the frame that came in last
  }

  /** Turn to a picture; the frames of the one before are dropped. */
  turnTo(key) {
    if (key === this.key) return;
    this.key = key;
    this.bitmaps.forEach((bitmap) => bitmap.close());
    this.bitmaps.clear();
    this.asked.clear();
    this.newest = null;
  }

  /** Load whatever of these addresses (by step) is not here yet. */
  load(addresses) {
    addresses.forEach((address, step) => address && this.loadOne(step, address));
  }

  async loadOne(step, address) {
    if (this.asked.get(step) === address) return;
    this.asked.set(step, address);
    const key = this.key;
    const bitmap = await FrameStore.fetchBitmap(address);
    // Meanwhile another picture may have been chosen, or the step drawn anew by a second attempt.
    if (this.key !== key || this.asked.get(step) !== address) {
      bitmap?.close();
      return;
    }
    if (!bitmap) {
      this.asked.delete(step); // gone from the server's memory; a later look may ask again
      return;
    }
    this.bitmaps.get(step)?.close();
    this.bitmaps.set(step, bitmap);
    this.newest = address;
    this.onFrame(step);
  }

  static async fetchBitmap(address) {
    try {
      const response = await fetch(address);
      return response.ok ? await createImageBitmap(await response.blob()) : null;
    } catch {
      return null; // the connection is lost; the hub says so
    }
  }

  /** The frame of this step, or of the nearest earlier one that is here. */
  at(step, last) {
    if (step >= last && this.bitmaps.has("final")) return { bitmap: this.bitmaps.get("final"), step: last, final: true };
    for (let earlier = step; earlier > 0; earlier -= 1) {
      if (this.bitmaps.has(earlier)) return { bitmap: this.bitmaps.get(earlier), step: earlier, final: false };
    }
    return null;
  }
}
