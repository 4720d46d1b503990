// Ways to reach and to make elements. Text from prompts, names and errors always goes in as `textContent`.

/** The element of the markup with this `data-part`. */
function part(name) {
  return element.querySelector(`[data-part="${name}"]`);
}

/** A new element with properties (`className`, `textContent`, ...), attributes and children. */
function make(tag, { attributes = {}, ...properties } = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** An icon of the page's set; it says nothing to a screen reader. */
function icon(name) {
  return make("span", { className: `glyph icon-${name}`, attributes: { "aria-hidden": "true" } });
}

function between(low, value, high) {
  return Math.min(high, Math.max(low, value));
}
