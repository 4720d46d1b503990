// How far another picture lies from this one in latent space, and which of the newest lie nearest.

const NEAREST = { among: 200, count: 12 };

function distanceInWords({ rms, cosine }) {
  return `${rms.toFixed(2)} apart, cosine ${cosine.toFixed(2)}`;
}

class Distances {
  constructor(inspection) {
    this.inspection = inspection;
    this.working = null;
    part("find-near").onclick = () => this.work("looking at the newest pictures", (signal) => this.find(signal));
    part("other-file").addEventListener("change", ({ target }) => {
      const [file] = target.files;
      target.value = ""; // the same file again is news, too
      if (file) this.work("comparing", async (signal) => this.compare(await uploaded(file), signal));
    });
    inspection.on("picture", () => this.clear());
  }

  clear() {
    this.working?.abort();
    part("near").replaceChildren();
    part("distance").hidden = true;
    problemAt(part("near-messages"), null);
  }

  async work(words, task) {
    this.working?.abort();
    const working = (this.working = new AbortController());
    problemAt(part("near-messages"), null);
    part("near-status").textContent = words;
    part("near-status").classList.add("alive");
    try {
      part("near-status").textContent = (await task(working.signal)) ?? "";
    } catch (problem) {
      if (this.working !== working) return;
      part("near-status").textContent = "";
      problemAt(part("near-messages"), problem);
    } finally {
      if (this.working === working) part("near-status").classList.remove("alive");
    }
  }

  async find(signal) {
    const { picture } = this.inspection;
    const told = await latentsApi.nearest({ picture: picture.id, ...NEAREST, model: chosenModel() }, signal);
    part("near").replaceChildren(...told.nearest.map((near) => this.neighbour(near)));
    if (!told.compared) return "No other picture was made here yet.";
    return `the nearest of ${told.compared}`;
  }

  neighbour(near) {
    const { picture, url } = near;
    const compare = make("button", { type: "button", className: "near-picture", title: "Compare it, channel by channel", attributes: { "data-testid": "latents-neighbour" } }, [
      make("img", { src: url, alt: "", loading: "lazy" }),
      make("span", { className: "near-words", textContent: near.rms.toFixed(2) }),
    ]);
    compare.setAttribute("aria-label", `A picture ${distanceInWords(near)}: compare`);
    compare.onclick = () => this.work("comparing", (signal) => this.compare({ id: picture }, signal));
    return make("li", {}, [compare]);
  }

  async compare({ id }, signal) {
    const one = { kind: "picture", picture: this.inspection.picture.id };
    const told = await latentsApi.distance({ one, other: { kind: "picture", picture: id }, model: chosenModel() }, signal);
    this.show(id, told);
    return "";
  }

  show(id, { euclidean, rms, cosine, channels }) {
    const most = Math.max(...channels.map((each) => each.rms), 1e-6);
    const bar = (each, number) => {
      const filled = make("span", { className: "bar-filled" });
      filled.style.width = `${(100 * each.rms) / most}%`;
      const label = `Channel ${number + 1}: ${distanceInWords(each)}`;
      return make("li", { title: label }, [
        make("span", { className: "bar-name", textContent: number + 1 }),
        make("span", { className: "bar", attributes: { role: "img", "aria-label": label } }, [filled]),
        make("span", { className: "bar-value", textContent: each.rms.toFixed(2) }),
      ]);
    };
    const fact = (name, value, why) => make("div", { title: why }, [make("dt", { textContent: name }), make("dd", { textContent: value })]);
    const facts = make("dl", { className: "distance-facts" }, [
      fact("per value", rms.toFixed(3), "The root of the mean square of the difference: it does not grow with the size"),
      fact("in all", euclidean.toFixed(1), "The length of the difference"),
      fact("cosine", cosine.toFixed(3), "1 in the same direction, 0 at a right angle"),
    ]);
    const look = make("button", { type: "button", className: "quiet small", textContent: "Look at this one" });
    look.onclick = () => take(() => known(id));
    const pair = [this.inspection.picture.id, id].map((each) => make("img", { src: `/api/v1/pictures/${each}`, alt: "" }));
    part("distance").replaceChildren(
      make("div", { className: "distance-pair" }, pair),
      make("div", { className: "distance-words" }, [facts, look]),
      make("ul", { className: "distance-bars", attributes: { "aria-label": "Distance of each channel" } }, channels.map(bar)),
    );
    part("distance").hidden = false;
  }
}
