// Where the walk has been: every picture that was the middle, in the order of the walk. Going back loses nothing.

class SeedPath {
  constructor(list, onGo) {
    this.list = list;
    this.onGo = onGo;
    this.begin([]);
  }

  begin(places) {
    this.places = places;
    this.at = places.length - 1;
    this.draw();
  }

  /** A step to a picture; from an earlier place it is added behind the last one all the same. */
  add(place) {
    this.places.push(place);
    this.at = this.places.length - 1;
    this.draw();
  }

  go(index) {
    this.at = index;
    this.draw();
    this.onGo(this.places[index]);
  }

  get here() {
    return this.places[this.at];
  }

  /** The picture of a place has come. */
  picture(request, url) {
    for (const place of this.places) if (JSON.stringify(place.request) === JSON.stringify(request)) place.url = url;
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.places.map((place, index) => this.entry(place, index)));
    this.list.children[this.at]?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }

  entry({ url }, index) {
    const inside = url ? make("img", { src: url, alt: "" }) : make("span", { textContent: index + 1 });
    const button = make("button", { type: "button", className: "seeds-step", title: index ? `Step ${index}` : "The beginning", attributes: { "data-testid": "seeds-step" } }, [inside]);
    button.setAttribute("aria-label", button.title);
    if (index === this.at) button.setAttribute("aria-current", "step");
    button.onclick = () => this.go(index);
    return make("li", {}, [button]);
  }
}
