// A question before something is lost. It stands where it was asked; Escape means no.

class Confirm {
  constructor() {
    this.box = part("confirm");
    this.resolve = null;
    part("yes").onclick = () => this.answer(true);
    part("no").onclick = () => this.answer(false);
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // elsewhere Escape interrupts the running job
      event.stopPropagation();
      this.answer(false);
    });
  }

  /** Resolves to what was answered; an older question that is still open is answered with no. */
  ask(question, yes) {
    this.answer(false);
    this.asker = document.activeElement;
    part("question").textContent = question;
    part("yes").textContent = yes;
    this.box.hidden = false;
    part("no").focus();
    return new Promise((resolve) => (this.resolve = resolve));
  }

  answer(value) {
    if (!this.resolve) return;
    this.box.hidden = true;
    this.asker?.focus?.();
    this.resolve(value);
    this.resolve = null;
  }
}
