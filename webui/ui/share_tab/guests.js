// Who has come by the link, what each of them has made and makes now.

const SHOWN_JOBS = 3;

function jobRow({ status, prompt }) {
  const state = make("span", { className: "guest-job-state", textContent: STATUS_WORDS[status] ?? status });
  const row = make("li", {}, [state, make("span", { className: "guest-job-prompt", textContent: prompt || "(no prompt)" })]);
  row.classList.toggle("alive", status === "running");
  return row;
}

function guestRow({ id, name, since, seen, here, jobs, jobs_in_all }, limit) {
  const made = limit === null ? counted(jobs_in_all, "job") : `${jobs_in_all} of ${counted(limit, "job")}`;
  const facts = [here ? "here now" : `last seen ${agoInWords(seen)}`, `since ${window.darkroom.clock(since)}`, made];
  const end = make("button", { type: "button", className: "quiet", textContent: "End", title: "End this guest's visit and jobs" });
  end.dataset.testid = "guest-end";
  end.setAttribute("aria-label", `End the visit of ${name}`);
  end.onclick = () => endGuest(id, name, end);
  const words = make("div", { className: "guest-words" }, [
    make("p", { className: "guest-name", textContent: name }),
    make("p", { className: "guest-facts", textContent: facts.join(" · ") }),
    make("ul", { className: "guest-jobs" }, jobs.slice(0, SHOWN_JOBS).map(jobRow)),
  ]);
  const row = make("li", { className: "guest", attributes: { "data-testid": "share-guest", "data-guest": id } }, [
    make("span", { className: "guest-dot", attributes: { "aria-hidden": "true" } }),
    words,
    end,
  ]);
  row.classList.toggle("here", here);
  return row;
}

async function endGuest(id, name, button) {
  button.disabled = true;
  try {
    await window.darkroom.sharing.endGuest(id);
    say(`The visit of ${name} has ended.`);
  } catch (problem) {
    button.disabled = false;
    panelMessage(part("link-messages"), problem);
  }
}

let shownGuests = "";

function showGuests({ guests, jobs_per_guest, level }) {
  part("guests-title").textContent = guests.length ? counted(guests.length, "guest") : "Guests";
  part("nobody").hidden = guests.length > 0;
  const rows = guests.map((guest) => guestRow(guest, level === "look" ? null : jobs_per_guest));
  const drawn = rows.map((row) => row.textContent + row.className).join("\n");
  if (drawn === shownGuests) return; // drawn anew, a button would lose its focus
  shownGuests = drawn;
  part("guests").replaceChildren(...rows);
}
