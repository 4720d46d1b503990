// The tab: how to write a travel, and the films that came of it.

const EXAMPLE = "<travel: a castle on a hill at dawn | a castle on a hill at sunset | a castle on a hill at night>";
const PICTURES = 13;
const UNTIL_JOINED_MS = 1500; // the film is made after the job's last picture was told

const make = (tag, values, children = []) => {
  const node = Object.assign(document.createElement(tag), values);
  node.append(...children);
  return node;
};

export default function mount(root, { routes }) {
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const shown = new Map(); // by job, so that a film that plays goes on when another one comes

  function figure({ job, name, pictures }) {
    const src = `${routes}/films/${job}`;
    const film = name.endsWith(".mp4")
      ? make("video", { src, controls: true, loop: true, muted: true, autoplay: true, playsInline: true })
      : make("img", { src, alt: name });
    const words = make("figcaption", {}, [`${pictures} pictures`, make("a", { className: "button", href: src, download: name, textContent: "Download", title: name })]);
    return make("figure", {}, [film, words]);
  }

  async function list() {
    const films = await (await fetch(`${routes}/films`)).json();
    for (const film of films) if (!shown.has(film.job)) shown.set(film.job, figure(film));
    part("films").replaceChildren(...films.map(({ job }) => shown.get(job)));
    part("told").textContent = films.length ? "" : "A film appears here when the last picture of a travel is done. It lies beside the pictures, too.";
  }

  part("try").onclick = () => window.darkroom.fill({ tab: "txt2img", form: { prompt: EXAMPLE, batch_count: PICTURES } });
  window.darkroom.listen((event) => {
    if (event.type === "finished") setTimeout(list, UNTIL_JOINED_MS);
  });
  list();
}
