// How scripts of the page speak to the server's own API: JSON comes back, or a problem with a sentence is thrown.
(() => {
  "use strict";

  /** What went wrong, in a sentence; `hint` says what to do next, `field` what value was wrong, `status` is HTTP's.
   * `at` and `length` say where in a text the fault is, if it is in one. */
  class Problem extends Error {
    constructor({ message, hint = "", field = null, status = 0, at = null, length = 0 }) {
      super(message);
      Object.assign(this, { hint, field, status, at, length });
    }
  }

  async function answerTo(address, options) {
    try {
      return await fetch(address, options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem({
        message: "The server cannot be reached.",
        hint: "It may be restarting; try again in a moment.",
      });
    }
  }

  /**
   * Ask the server: `json` is sent as JSON, `body` (a file) as it is; `signal` can take the question back.
   * Throws a `Problem`, or an `AbortError` after that signal.
   */
  window.darkroom.ask = async (address, { method, json, body, signal } = {}) => {
    const sent = json === undefined ? { body } : { body: JSON.stringify(json), headers: { "content-type": "application/json" } };
    const verb = method ?? (sent.body === undefined ? "GET" : "POST");
    const response = await answerTo(address, { method: verb, signal, ...sent });
    const told = await response.json().catch(() => ({}));
    if (response.ok) return told;
    const message = told.error ?? `The server answered ${response.status}.`;
    const { hint, field, at, length } = told;
    throw new Problem({ message, hint, field, at, length, status: response.status });
  };
})();
