// What plots are drawn with: elements of SVG, and the numbers on axes.

function plotElement(tag, attributes = {}, children = []) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A number with the digits that tell: 14.6, 0.83, 0.029. */
function shortNumber(value) {
  const size = Math.abs(value);
  if (value === 0 || size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 0.1) return value.toFixed(2);
  return size >= 0.001 ? value.toFixed(3) : value.toExponential(0);
}

/** For an axis: no more digits than the mark needs. */
function axisNumber(value) {
  return String(Number(value.toPrecision(2))).replace("-", "\u2212");
}

/** Round values from 0 up to `most`, at most five beside 0. */
function roundTicks(most) {
  if (!(most > 0)) return [0];
  const least = most / 5;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least * 0.999);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, index) => index * step);
}
