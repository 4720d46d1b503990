// The tab: a picture, a look, and what the one does to the other. The server makes the grain, so that what is seen here
// is what pictures get.

const WAIT_MS = 120; // while a slider is dragged
const PICTURES = 24;

export default function mount(root, { name, routes }) {
  const part = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
  const fields = part.look.elements;
  let films = {};
  let chosen = ""; // the id of the picture that is tried on
  let timer = 0;
  let asked = 0;

  const plain = () => `/api/v1/images/${chosen}`;
  const look = () => ({
    amount: fields.amount.valueAsNumber,
    size: fields.size.valueAsNumber,
    tones: fields.tones.value,
    monochrome: fields.monochrome.checked,
  });

  function take(film) {
    for (const [field, value] of Object.entries(film)) fields[field][typeof value === "boolean" ? "checked" : "value"] = value;
    changed();
  }

  function changed() {
    const now = JSON.stringify(look());
    part.amount.value = fields.amount.value;
    part.size.value = `${fields.size.value} px`;
    for (const button of part.films.children) button.setAttribute("aria-pressed", JSON.stringify(films[button.textContent]) === now);
    clearTimeout(timer);
    timer = setTimeout(develop, WAIT_MS);
  }

  async function develop() {
    if (!chosen) return;
    const turn = ++asked;
    const picture = await (await fetch(plain())).blob();
    const answer = await fetch(`${routes}/develop?${new URLSearchParams(look())}`, { method: "POST", headers: { "Content-Type": picture.type }, body: picture });
    if (turn !== asked) return; // a later question overtook this one
    part.shown.hidden = part.keep.hidden = !answer.ok;
    part.told.textContent = answer.ok ? "" : "This picture could not be developed.";
    if (!answer.ok) return;
    URL.revokeObjectURL(part.keep.href);
    part.shown.src = part.keep.href = URL.createObjectURL(await answer.blob());
  }

  function choose(id) {
    chosen = id;
    for (const button of part.pictures.children) button.setAttribute("aria-pressed", button.value === id);
    develop();
  }

  function pictureButton({ id }) {
    const button = Object.assign(document.createElement("button"), { type: "button", value: id, ariaLabel: `Picture ${id.slice(0, 8)}` });
    button.append(Object.assign(document.createElement("img"), { src: `/api/v1/images/${id}`, alt: "", loading: "lazy" }));
    button.onclick = () => choose(id);
    return button;
  }

  async function listPictures() {
    const images = await (await fetch(`/api/v1/images?limit=${PICTURES}`)).json();
    part.pictures.replaceChildren(...images.map(pictureButton));
    if (images.length) choose(images.some(({ id }) => id === chosen) ? chosen : images[0].id);
    else part.told.textContent = "The pictures that you make appear here, to be tried on.";
  }

  async function start() {
    films = await (await fetch(`${routes}/films`)).json();
    part.films.replaceChildren(...Object.entries(films).map(([film, values]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: film });
      button.onclick = () => take(values);
      return button;
    }));
    part.look.oninput = changed;
    part.look.onsubmit = (event) => event.preventDefault();
    part.shown.onpointerdown = () => (part.shown.src = plain());
    part.shown.onpointerup = part.shown.onpointerleave = () => (part.shown.src = part.keep.href);
    part.use.onclick = () => {
      window.darkroom.setControls(name, look());
      window.darkroom.showTab("txt2img");
    };
    window.darkroom.listen((event) => event.type === "finished" && listPictures());
    changed();
    await listPictures();
  }

  start();
}
