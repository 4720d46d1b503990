// The parameters of a picture as text: pasted into the prompt and read into the form from there.
(() => {
  "use strict";

  /** Fill the form with what a text says; what could not be read is told under the Generate button. */
  window.darkroom.readInfotext = async (text) => {
    const tell = (notice) => window.darkroom.tell("request-problem", notice);
    try {
      const { fields, notes } = await window.darkroom.ask("/api/v1/infotext", { json: { text } });
      // A text that is a prompt alone leaves the settings as they are.
      const whole = Object.keys(fields).some((name) => !["prompt", "negative_prompt"].includes(name));
      await window.darkroom.fill({ fields, whole });
      tell(notes.length ? { message: notes.join(" "), kind: "warning" } : null);
    } catch (problem) {
      tell({ message: problem.message, hint: problem.hint, field: "prompt" });
    }
    return [];
  };
})();
