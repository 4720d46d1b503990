// The small picture of the empty state: a hill under the moon, coming out of noise in five stages.

const WAY_STAGES = [1, 0.72, 0.42, 0.16, 0];
const WAY_GRAIN = 2; // pixels

/** Noise that is the same each time: a linear congruential generator after Knuth. */
function* wayNoise(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32 - 0.5;
  }
}

function wayColour(x, y) {
  const moon = Math.hypot(x - 0.68, y - 0.3) < 0.11;
  const hill = y > 0.72 - 0.16 * Math.sin(x * 3.4 + 0.4);
  if (hill) return [38, 42, 40];
  if (moon) return [250, 222, 170];
  return [58 + 120 * y, 52 + 62 * y, 66 + 20 * y];
}

function drawWay(canvas) {
  const context = canvas.getContext("2d");
  const size = canvas.height;
  const gap = (canvas.width - WAY_STAGES.length * size) / (WAY_STAGES.length - 1 || 1);
  const noise = wayNoise(7);
  WAY_STAGES.forEach((level, stageIndex) => {
    for (let y = 0; y < size; y += WAY_GRAIN) {
      for (let x = 0; x < size; x += WAY_GRAIN) {
        const light = 150 * noise.next().value; // grey for the most part, as grain on film is
        const grain = () => level * (100 + light + 70 * noise.next().value);
        const colour = wayColour(x / size, y / size).map((value) => Math.round(value * (1 - level) + grain()));
        context.fillStyle = `rgb(${colour.join(" ")})`;
        context.fillRect(stageIndex * (size + gap) + x, y, WAY_GRAIN, WAY_GRAIN);
      }
    }
  });
}
