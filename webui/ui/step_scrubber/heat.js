// Numbers as brightness: the colours of a value from 0 to 255.

const HEAT = Uint32Array.from(heatTable());

/** From the page's dark over its amber to pale, as the heat maps of the server (webui/imaging/heat.py). */
function heatTable() {
  const stops = [[0, [14, 11, 8]], [0.35, [92, 58, 20]], [0.7, [242, 160, 44]], [1, [255, 244, 222]]];
  return Array.from({ length: 256 }, (_, index) => {
    const share = index / 255;
    const next = Math.max(1, stops.findIndex(([at]) => at >= share));
    const [[from, low], [to, high]] = [stops[next - 1], stops[next]];
    const [red, green, blue] = low.map((value, channel) => value + ((high[channel] - value) * (share - from)) / (to - from));
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0; // as an ImageData has it in memory
  });
}
