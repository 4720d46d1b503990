// The tab: a picture, a look, and what the one does to the other. The server makes the grain, so that what is seen here
// is what pictures get.

const WAIT_MS = 120; // while a slider is dragged

export default function mount(root, { name, routes }) {
  const part = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
  const fields = part.look.elements;
  let films = {};
  let timer = 0;
  let asked = 0;

  const look = () => ({
    amount: fields.amount.valueAsNumber,
    size: fields.size.valueAsNumber,
    tones: fields.tones.value,
    monochrome: fields.monochrome.checked,
  });

  function choose(film) {
    for (const [field, value] of Object.entries(film)) {
      if (typeof value === "boolean") fields[field].checked = value;
      else fields[field].value = value;
    }
    changed();
  }

  function changed() {
    const now = JSON.stringify(look());
    for (const button of part.films.children) button.setAttribute("aria-pressed", String(JSON.stringify(films[button.textContent]) === now));
    clearTimeout(timer);
    timer = setTimeout(develop, WAIT_MS);
  }

  async function develop() {
    if (!fields.picture.value) return;
    const turn = ++asked;
    const picture = await (await fetch(`/api/v1/images/${fields.picture.value}`)).blob();
    const answer = await fetch(`${routes}/develop?${new URLSearchParams(look())}`, { method: "POST", headers: { "Content-Type": picture.type }, body: picture });
    if (turn !== asked) return; // a later question overtook this one
    if (!answer.ok) {
      part.told.textContent = "The picture could not be developed.";
      return;
    }
    URL.revokeObjectURL(part.shown.src);
    part.shown.src = part.keep.href = URL.createObjectURL(await answer.blob());
    part.told.textContent = "";
  }

  async function listPictures() {
    const chosen = fields.picture.value;
    const images = await (await fetch("/api/v1/images?limit=50")).json();
    part.pictures.replaceChildren(...images.map(({ id, seed }) => new Option(`${id.slice(0, 8)} (seed ${seed})`, id)));
    if (images.some(({ id }) => id === chosen)) fields.picture.value = chosen;
    part.told.textContent = images.length ? "" : "There are no pictures yet: make one first.";
    if (fields.picture.value !== chosen) develop();
  }

  async function start() {
    films = await (await fetch(`${routes}/films`)).json();
    part.films.replaceChildren(...Object.entries(films).map(([film, values]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: film });
      button.onclick = () => choose(values);
      return button;
    }));
    part.look.oninput = changed;
    part.look.onsubmit = (event) => event.preventDefault();
    part.pictures.onpointerdown = listPictures;
    part.use.onclick = () => {
      window.darkroom.setControls(name, look());
      window.darkroom.showTab("txt2img");
    };
    window.darkroom.listen((event) => {
      if (event.type === "image_done") listPictures();
    });
    await listPictures();
  }

  start();
}
