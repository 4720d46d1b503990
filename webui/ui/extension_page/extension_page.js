// Fetches what the extension made its tab of. What goes wrong in it is told here, and touches nothing else of the page.

const address = `/api/v1/extensions/${props.extension}`;
const assets = `${address}/assets`;

function linkStyle() {
  const href = `${assets}/${props.style}`;
  if (document.querySelector(`link[href="${CSS.escape(href)}"]`)) return;
  document.head.append(make("link", { rel: "stylesheet", href }));
}

async function fill(root) {
  const response = await fetch(`${assets}/${props.html}`);
  if (!response.ok) throw new Error(`its page ${props.html} cannot be fetched; perhaps it is no longer on`);
  root.append(...new DOMParser().parseFromString(await response.text(), "text/html").body.childNodes);
  if (props.style) linkStyle();
  if (!props.script) return;
  const module = await import(`${assets}/${props.script}`);
  await module.default?.(root, { name: props.extension, routes: `${address}/routes`, assets });
}

const root = part("root");
root.dataset.extension = props.extension;
fill(root).catch((error) => {
  console.error(error);
  const hint = "Everything else goes on; the Extensions tab can switch it off.";
  panelMessage(part("messages"), { message: `The tab of ${props.extension} does not work: ${error.message ?? error}.`, hint });
});
