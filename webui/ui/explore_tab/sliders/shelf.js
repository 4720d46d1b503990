// The sliders that are kept on the server, to choose from; and a few to begin with, for the bundled model.

const SLIDERS = "/api/v1/sliders";
const EXAMPLES = [
  { name: "Day to night", low: "by day", high: "at night", prompt: "a lighthouse by the sea" },
  { name: "Day to sunset", low: "by day", high: "at sunset", prompt: "a sailboat on the sea" },
  { name: "Summer to winter", low: "green hills", high: "snowy hills", prompt: "a house in the hills" },
];

const shelf = {
  /** All that are kept: {sliders, problems}. */
  kept: () => window.darkroom.ask(SLIDERS),
  keep: ({ name, ...rest }) => window.darkroom.ask(`${SLIDERS}/${encodeURIComponent(name)}`, { method: "PUT", json: rest }),
  remove: (name) => window.darkroom.ask(`${SLIDERS}/${encodeURIComponent(name)}`, { method: "DELETE" }),
};

/** One slider on the shelf, as a button that opens it. */
function shelfEntry(slider, { open, onOpen }) {
  const ends = make("span", { className: "shelf-ends", textContent: `${slider.low} to ${slider.high}` });
  const button = make("button", { type: "button", className: "shelf-entry", attributes: { "aria-pressed": String(open), "data-slider": slider.name } }, [
    make("span", { className: "shelf-name", textContent: slider.name }),
    ends,
  ]);
  button.onclick = () => onOpen(slider);
  return make("li", {}, [button]);
}

function exampleButton(example, onOpen) {
  const button = make("button", { type: "button", className: "quiet", textContent: example.name });
  button.onclick = () => onOpen(example);
  return button;
}
