// Puts the tab together: either the form to open a link with, or the link that is open.

const TICK_MS = 5000;
const order = new OrderForm();
const openLink = new OpenLink();
let told = null;

function say(words) {
  part("said").textContent = words;
}

function show(news) {
  told = news;
  const open = told.state === "open";
  part("order").hidden = open;
  part("link").hidden = !open;
  part("ended").hidden = open || !told.closed_because;
  part("ended").textContent = told.closed_because ? `The last link has ended. ${told.closed_because}` : "";
  order.fill(told);
  if (open) {
    openLink.show(told);
    showGuests(told);
  }
  element.firstElementChild.dataset.ready = "true";
}

window.darkroom.sharing.onChange(show);
setInterval(() => told?.state === "open" && openLink.showTime(told), TICK_MS);
