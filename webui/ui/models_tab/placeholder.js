// A calm picture for a model that has none: a few thin lines, always the same for the same model.

const SVG = "http://www.w3.org/2000/svg";

/** Numbers from 0 to 1 that follow from a text. */
function* chances(text) {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 16777619);
  for (;;) {
    state = Math.imul(state ^ (state >>> 15), 2246822507);
    state = Math.imul(state ^ (state >>> 13), 3266489909);
    yield ((state ^= state >>> 16) >>> 0) / 2 ** 32;
  }
}

function drawn(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** A smooth line through heights at equal distances across 100 units. */
function smooth(heights) {
  const step = 100 / (heights.length - 1);
  return heights
    .map((y, index) => {
      if (index === 0) return `M0 ${y}`;
      const [from, to] = [(index - 1) * step, index * step];
      return `C${from + step / 2} ${heights[index - 1]} ${to - step / 2} ${y} ${to} ${y}`;
    })
    .join(" ");
}

const MOTIFS = {
  checkpoint(next) {
    const sun = drawn("circle", { cx: 24 + 52 * next(), cy: 26 + 12 * next(), r: 7 + 4 * next(), class: "light" });
    const hills = [50, 62, 76].map((level) => {
      const line = smooth(Array.from({ length: 5 }, () => level + 14 * (next() - 0.5)));
      return drawn("path", { d: `${line} L100 100 L0 100 Z`, class: "hill" });
    });
    return [sun, ...hills];
  },
  lora(next) {
    const ends = Array.from({ length: 2 }, () => [20 + 60 * next(), 20 + 60 * next()]);
    return Array.from({ length: 13 }, (_, index) => {
      const at = index / 12;
      const waist = 50 + (at - 0.5) * 14;
      return drawn("path", { d: smooth([ends[0][0] + (at - 0.5) * 64, waist, ends[1][1] + (at - 0.5) * 64]), class: "line" });
    });
  },
  embedding(next) {
    return Array.from({ length: 49 }, (_, index) =>
      drawn("circle", { cx: 20 + 10 * (index % 7), cy: 20 + 10 * Math.floor(index / 7), r: 0.6 + 2.8 * next() ** 2, class: "dot" }),
    );
  },
  vae(next) {
    const turn = 20 * (next() - 0.5);
    return Array.from({ length: 6 }, (_, index) => {
      const side = 12 + 11 * index;
      const box = { x: 50 - side / 2, y: 50 - side / 2, width: side, height: side, rx: 2, class: "line" };
      return drawn("rect", { ...box, transform: `rotate(${turn * (1 - index / 5)} 50 50)` });
    });
  },
  other(next) {
    return Array.from({ length: 9 }, (_, index) =>
      drawn("path", { d: smooth(Array.from({ length: 6 }, () => 18 + 8 * index + 6 * (next() - 0.5))), class: "line" }),
    );
  },
};

function placeholder(entry) {
  const numbers = chances(entry.name);
  const next = () => numbers.next().value;
  const picture = drawn("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "xMidYMid slice", class: "model-drawn", "aria-hidden": "true" });
  picture.append(...(MOTIFS[entry.kind] ?? MOTIFS.other)(next));
  return picture;
}

/** The picture of a model: its preview, or the drawing, also where the preview turns out to be none. */
function pictureOf(entry) {
  if (!entry.preview) return placeholder(entry);
  const image = make("img", { src: entry.preview, alt: "", decoding: "async", draggable: false });
  image.onerror = () => image.replaceWith(placeholder(entry));
  return image;
}
