// The mask as an 8-bit grey PNG (RFC 2083), made in a worker of its own so that no stroke waits for it.

function encodeInWorker() {
  const table = Uint32Array.from({ length: 256 }, (_, index) => {
    let rest = index;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    return rest;
  });

  function checksum(bytes) {
    let rest = 0xffffffff;
    for (let index = 0; index < bytes.length; index++) rest = (rest >>> 8) ^ table[(rest ^ bytes[index]) & 255];
    return ~rest >>> 0;
  }

  function chunk(name, content) {
    const bytes = new Uint8Array(content.length + 12);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, content.length);
    bytes.set(new TextEncoder().encode(name), 4);
    bytes.set(content, 8);
    view.setUint32(content.length + 8, checksum(bytes.subarray(4, content.length + 8)));
    return bytes;
  }

  function header(width, height) {
    const view = new DataView(new ArrayBuffer(13));
    view.setUint32(0, width);
    view.setUint32(4, height);
    view.setUint8(8, 8); // bits; what follows says grey, deflate, no filter types but the standard, not interlaced
    return new Uint8Array(view.buffer);
  }

  async function deflated(pixels, width, height) {
    const lines = new Uint8Array((width + 1) * height); // each line begins with its filter: 0, none
    for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
    const stream = new Blob([lines]).stream().pipeThrough(new CompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  self.onmessage = async ({ data: { pixels, width, height } }) => {
    const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
    const data = chunk("IDAT", await deflated(pixels, width, height));
    const parts = [signature, chunk("IHDR", header(width, height)), data, chunk("IEND", new Uint8Array(0))];
    self.postMessage(new Blob(parts, { type: "image/png" }));
  };
}

function encodedMask({ pixels, width, height }) {
  const address = URL.createObjectURL(new Blob([`(${encodeInWorker})()`], { type: "text/javascript" }));
  const worker = new Worker(address);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => reject(new Problem("The mask could not be packed.", "Try again, or reload the page."));
    const copy = pixels.slice();
    worker.postMessage({ pixels: copy, width, height }, [copy.buffer]);
  }).finally(() => {
    worker.terminate();
    URL.revokeObjectURL(address);
  });
}
