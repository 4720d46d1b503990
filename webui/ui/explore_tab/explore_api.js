// What the explorer asks of the server. Each call throws a `Problem` (message, hint, field; an expression's also has
// `at` and `length`), or an `AbortError` after `signal`; `problemAt` shows one where it happened.

const EXPLORE = "/api/v1/explore";

const explore = {
  /** {prompts, projection, model} -> {places, explained, dimensions, tokens, norms, distances, similarities}. */
  ideas: (question, signal) => window.darkroom.ask(`${EXPLORE}/ideas`, { json: question, signal }),
  /** A map and {at: [[x, y], ...]} or {weights: [[...], ...]} -> [{weights, inside, request}, ...]. */
  weights: async (map, where, signal) => (await window.darkroom.ask(`${EXPLORE}/weights`, { json: { map, ...where }, signal })).points,
  /** What the vector of a request is, seen from other prompts. */
  vector: (request, ideas, signal) => window.darkroom.ask(`${EXPLORE}/vector`, { json: { request, ideas }, signal }),
  /** 1 to 8 requests with seeds -> {id, pictures: [{url, strangeness, statistics}]}; hanging up gives it up. */
  pictures: (requests, signal) => window.darkroom.ask(`${EXPLORE}/pictures`, { json: { requests }, signal }),
  /** {text, names} -> {blend, text}. */
  expression: (text, names = {}, signal = undefined) => window.darkroom.ask(`${EXPLORE}/expression`, { json: { text, names }, signal }),
  /** The requests along a line (see docs/api.md). */
  beyond: (question, signal) => window.darkroom.ask(`${EXPLORE}/beyond`, { json: question, signal }),
  /** {request, spread, count, round} -> [request, ...]. */
  neighbours: async (question, signal) => (await window.darkroom.ask(`${EXPLORE}/neighbours`, { json: question, signal })).requests,
  /** What is normal for a model's latents. */
  normal: (model, signal) => window.darkroom.ask(`${EXPLORE}/normal${model ? `?model=${encodeURIComponent(model)}` : ""}`, { signal }),
};

/** Shows a problem in a box of messages, or clears it with null. Who took a question back knows that himself. */
function problemAt(box, problem) {
  if (!problem) box.replaceChildren();
  else if (problem.name !== "AbortError") panelMessage(box, problem);
}
