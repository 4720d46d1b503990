// The pictures of a comparison: two walks with a slider each, and where they differ.

class ComparisonStages {
  constructor(box, onScrub, onSwap) {
    this.sides = Object.fromEntries(["left", "right"].map((side) => [side, new ComparisonStage(side, (position) => onScrub(side, position))]));
    const canvas = make("canvas", { width: 1, height: 1, attributes: { role: "img", "aria-label": "Where the two differ", "data-testid": "compare-difference" } });
    this.difference = new DifferencePicture(canvas);
    this.words = make("p", { className: "compare-difference-words", attributes: { "data-testid": "compare-difference-words" } });
    const title = make("figcaption", {}, [make("span", { className: "compare-title", textContent: "Difference" }), whyButton("apart", "Difference")]);
    const frame = make("div", { className: "compare-frame" }, [canvas]);
    this.figure = make("figure", { className: "compare-stage difference" }, [title, frame, this.words]);
    const swap = make(
      "button",
      {
        type: "button",
        className: "quiet icon-only",
        title: "Change places: lay this walk on the desk",
        onclick: onSwap,
        attributes: { "aria-label": "Lay the other walk on the desk", "data-testid": "compare-swap" },
      },
      [icon("arrow-left-right")],
    );
    this.sides.right.figure.querySelector("figcaption").append(swap);
    box.replaceChildren(this.sides.left.figure, this.sides.right.figure, this.figure);
  }

  show({ side, ...told }) {
    this.sides[side].show(told);
  }

  /** `moving` tells that a hand is at a slider: a coarse difference is enough until it rests. */
  showDifference({ recording: one, frame: left }, { recording: other, frame: right }, moving) {
    const fits = one.width * other.height === other.width * one.height;
    this.figure.classList.toggle("without", !fits || !left || !right);
    this.figure.querySelector(".compare-frame").style.aspectRatio = `${one.width} / ${one.height}`;
    if (!fits) return void (this.words.textContent = "The two pictures have different shapes.");
    if (!left || !right) return void (this.words.textContent = "");
    const { mean, share } = this.difference.draw(left.bitmap, right.bitmap, moving ? MOVING_DIFFERENCE_SIDE : DIFFERENCE_SIDE);
    const same = mean === 0;
    this.words.textContent = same
      ? "no difference"
      : `${mean < 0.1 ? "under 0.1" : mean.toFixed(1)} of 255 in the mean · ${Math.round(100 * share)} % visibly`;
    this.difference.canvas.dataset.mean = mean;
  }
}

class ComparisonStage {
  constructor(side, onScrub) {
    const name = side === "left" ? "This walk" : "The other walk";
    this.canvas = make("canvas", { width: 1, height: 1, attributes: { role: "img", "data-testid": `compare-${side}` } });
    this.title = make("span", { className: "compare-title", textContent: name });
    this.label = make("span", { className: "step-label", attributes: { "data-testid": `compare-${side}-step` } });
    this.slider = make("input", {
      type: "range",
      min: 0,
      step: 1,
      attributes: { "aria-label": `Step of ${name.toLowerCase()}`, "data-testid": `compare-${side}-slider` },
    });
    this.slider.addEventListener("input", () => onScrub(Number(this.slider.value)));
    this.frame = make("div", { className: "compare-frame" }, [this.canvas]);
    this.figure = make("figure", { className: "compare-stage" }, [
      make("figcaption", {}, [this.title, this.label]),
      this.frame,
      make("div", { className: "scrub" }, [this.slider]),
    ]);
    this.name = name;
  }

  show({ recording, position, frame }) {
    const { positions, width, height, request } = recording;
    this.frame.style.aspectRatio = `${width} / ${height}`;
    this.slider.max = positions;
    this.slider.value = position;
    this.slider.style.setProperty("--done", `${(100 * position) / Math.max(1, positions)}%`);
    this.slider.setAttribute("aria-valuetext", `step ${position} of ${positions}`);
    this.label.textContent = `step ${position}/${positions}`;
    this.title.textContent = request.prompt || this.name;
    this.title.title = request.prompt;
    this.canvas.hidden = !frame;
    if (!frame) return;
    const { bitmap, sharp } = frame;
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height)
      Object.assign(this.canvas, { width: bitmap.width, height: bitmap.height });
    this.canvas.getContext("2d").drawImage(bitmap, 0, 0);
    Object.assign(this.canvas.dataset, { position, recording: recording.id, sharp });
    this.canvas.setAttribute("aria-label", `${this.name}, step ${position} of ${positions}: ${request.prompt}`);
  }
}

/** A few choices beside each other, of which one is pressed. */
class Switch {
  /** `choices` are [value, words, title]; `name` begins the test ids. */
  constructor(name, box, choices, onChoose) {
    this.box = box;
    const buttons = choices.map(([value, textContent, title = ""]) =>
      make("button", { type: "button", textContent, title, onclick: () => onChoose(value), attributes: { "data-value": value, "data-testid": `${name}-${value}` } }),
    );
    box.replaceChildren(...buttons);
  }

  show(value) {
    for (const button of this.box.children) button.setAttribute("aria-pressed", button.dataset.value === value);
  }
}

function whyButton(key, name) {
  return make("button", { type: "button", className: "why", textContent: "?", attributes: { "data-explain": key, "aria-label": `What is this: ${name}` } });
}
