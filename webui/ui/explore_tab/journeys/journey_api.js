// What the panel asks of the server beside what all panels ask.

const JOURNEYS = `${EXPLORE}/journeys`;

const journeyApi = {
  begin: (document) => window.darkroom.ask(JOURNEYS, { json: document }),
  recent: () => window.darkroom.ask(JOURNEYS),
  one: (id) => window.darkroom.ask(`${JOURNEYS}/${id}`),
  cancel: (id) => window.darkroom.ask(`${JOURNEYS}/${id}`, { method: "DELETE" }),
  /** {stop, request}: what a picture was made with, an uploaded one by its `fields`; else the stop only names it. */
  stopOf: (picture, fields) => window.darkroom.ask(`${JOURNEYS}/stop`, { json: { picture, ...(fields && { fields }) } }),
  filmAddress: (id, format, fps) => `${JOURNEYS}/${id}/film?${new URLSearchParams({ format, fps })}`,
};
