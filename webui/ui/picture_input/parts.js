// Ways to reach and to make elements. Names of files and sentences of the server always go in as `textContent`.

/** The element of the markup with this `data-part`. */
function part(name) {
  return element.querySelector(`[data-part="${name}"]`);
}

/** A new element with properties and children. */
function make(tag, properties, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function between(low, value, high) {
  return Math.min(high, Math.max(low, value));
}
