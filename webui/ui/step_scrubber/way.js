// The small picture of the empty state: a hill under the moon, coming out of noise in five stages.

const WAY_STAGES = [1, 0.72, 0.42, 0.16, 0];

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
  const grain = 4;
  WAY_STAGES.forEach((level, stageIndex) => {
    for (let y = 0; y < size; y += grain) {
      for (let x = 0; x < size; x += grain) {
        const colour = wayColour(x / size, y / size).map((value) => value * (1 - level) + 110 * level + 300 * level * noise.next().value);
        context.fillStyle = `rgb(${colour.join(" ")})`;
        context.fillRect(stageIndex * (size + gap) + x, y, grain, grain);
      }
    }
  });
}
