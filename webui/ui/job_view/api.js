// The few calls that the job view makes to the server's own API.

const { ask } = window.darkroom;

const api = {
  cancel: (job) => ask(`/api/v1/jobs/${job}`, { method: "DELETE" }),
  skip: (job) => ask(`/api/v1/jobs/${job}/skip`, { method: "POST" }),
  parameters: (image) => ask(`/api/v1/images/${image}/parameters`),
  recentImages: (limit) => ask(`/api/v1/images?limit=${limit}&mine=true`),
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
