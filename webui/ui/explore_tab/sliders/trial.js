// The pictures of one seed at several values of a slider, from its lower end to its upper one.

/** One of them: a frame that waits, then a picture that can be chosen. */
class TrialPicture {
  constructor(value, onChoose) {
    this.value = value;
    this.request = null;
    this.image = make("img", { alt: "", hidden: true });
    this.button = make("button", { type: "button", className: "trial-picture", disabled: true, attributes: { "aria-pressed": "false", "data-value": value } }, [this.image]);
    this.button.setAttribute("aria-label", `The picture at ${value}`);
    this.button.onclick = () => onChoose(this);
    const number = make("span", { className: "trial-value", textContent: value, attributes: { "aria-hidden": "true" } });
    this.node = make("li", { attributes: { "data-testid": "slider-picture" } }, [this.button, number]);
  }

  show(request, { url }) {
    this.request = request;
    this.image.src = this.url = url;
    this.image.hidden = false;
    this.button.disabled = false;
    this.button.dataset.state = "done";
  }

  choose(chosen) {
    this.button.setAttribute("aria-pressed", String(chosen));
  }
}

/** The requests of a trial: they differ in the slider's value alone; at 0 there is no slider. */
function trialRequests(request, slider, values) {
  return values.map((value) => ({ ...request, sliders: value === 0 ? [] : [{ ...slider, value }] }));
}
