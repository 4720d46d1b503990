// The login page: sends name and password, and shows the page once the server has let somebody in.
"use strict";

const form = document.querySelector("form");
const problem = form.querySelector(".problem");
const button = form.querySelector("button");

function tell(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

async function logIn() {
  tell("");
  button.disabled = true;
  try {
    const answer = await fetch("/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: form.elements.name.value, password: form.elements.password.value }),
    });
    if (answer.ok) {
      location.replace("/");
      return;
    }
    const told = await answer.json().catch(() => ({ error: "The server did not answer as expected." }));
    tell([told.error, told.hint].filter(Boolean).join(" "));
    form.elements.password.select();
  } catch {
    tell("The server does not answer.");
  }
  button.disabled = false;
}

// Who comes by a link from another page is logged in perhaps, but the browser keeps that to itself at first.
async function goOnIfLoggedIn() {
  const answer = await fetch("/login/state", { cache: "no-store" }).catch(() => null);
  if (answer && answer.ok && (await answer.json()).let_in) location.replace("/");
}

// The host's link and QR code have the password behind the #, which no server is ever sent.
function takePasswordOfLink() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (!given) return;
  history.replaceState(null, "", location.pathname);
  form.elements.password.value = given;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  logIn();
});
window.addEventListener("hashchange", takePasswordOfLink);
takePasswordOfLink();
goOnIfLoggedIn();
form.elements.name.focus();
