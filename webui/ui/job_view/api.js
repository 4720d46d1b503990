// The few calls that the job view makes to the server's own API.

class ApiProblem extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

async function call(method, address) {
  let response;
  try {
    response = await fetch(address, { method });
  } catch {
    throw new ApiProblem("The server cannot be reached.", "It may be restarting; try again in a moment.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiProblem(answer.error ?? `The server answered ${response.status}.`, answer.hint ?? "");
  return answer;
}

const api = {
  cancel: (job) => call("DELETE", `/api/v1/jobs/${job}`),
  skip: (job) => call("POST", `/api/v1/jobs/${job}/skip`),
  parameters: (image) => call("GET", `/api/v1/images/${image}/parameters`),
  async recentImages(limit) {
    const answer = await call("GET", `/api/v1/images?limit=${limit}`);
    return Array.isArray(answer) ? answer : (answer.images ?? []);
  },
  /** Everything that a finished job said; empty when the server no longer has it. */
  async eventsOf(job) {
    try {
      const response = await fetch(`/api/v1/jobs/${job}/events`);
      if (!response.ok) return [];
      const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data: "));
      return lines.map((line) => JSON.parse(line.slice("data: ".length)));
    } catch {
      return [];
    }
  },
};
