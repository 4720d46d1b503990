// Pictures of requests, made a few at a time without a trace, and remembered: going back costs nothing.

const AT_ONCE = 4;

class Neighbourhood {
  constructor() {
    this.known = new Map(); // a request as text -> {url, strangeness}
  }

  pictureOf(request) {
    return this.known.get(JSON.stringify(request));
  }

  /** The picture is not at its address any more: the server remembers so many. */
  forget(request) {
    this.known.delete(JSON.stringify(request));
  }

  /** Make those that are not known, in their order; `onPicture(request, picture)` hears of each, also of known ones. */
  async make(requests, onPicture, signal) {
    const missing = [];
    for (const request of requests) {
      const picture = this.pictureOf(request);
      if (picture) onPicture(request, picture);
      else missing.push(request);
    }
    for (let first = 0; first < missing.length; first += AT_ONCE) {
      const group = missing.slice(first, first + AT_ONCE);
      const { pictures } = await explore.pictures(group, signal);
      group.forEach((request, index) => {
        this.known.set(JSON.stringify(request), pictures[index]);
        onPicture(request, pictures[index]);
      });
    }
  }
}
