// Pictures to begin with: the form as it is, the newest picture, or any file that carries its parameters.

/** What of a request a neighbourhood keeps: one picture, of a fixed seed, from noise. */
function asCentre(request) {
  const { batch_size: _size, batch_count: _count, points: _points, same_seed: _same, ...rest } = request;
  return { ...rest, seed: rest.seed >= 0 ? rest.seed : drawSeed() };
}

async function fromForm() {
  const [form] = window.darkroom.readDraft();
  const varied = form?.variation_strength > 0 && form.variation_seed >= 0 ? { variation_strength: form.variation_strength, variation_seed: form.variation_seed } : {};
  return asCentre({ ...baseRequest(), ...varied, styles: form?.styles ?? [], ...(await formPoint()) });
}

async function fromNewest() {
  const [newest] = await window.darkroom.ask("/api/v1/images?limit=1&mine=true");
  if (!newest) throw { message: "There is no picture yet.", hint: "Make one in txt2img, or choose a file." };
  const { request } = await window.darkroom.ask(`/api/v1/images/${newest.id}/parameters`);
  return asCentre(request);
}

async function fromFile(file) {
  const { fields } = await window.darkroom.ask("/api/v1/pictures", { body: file });
  if (!fields) throw { message: "This picture does not say how it was made.", hint: "Choose one that was saved with its parameters." };
  return asCentre(fields);
}
