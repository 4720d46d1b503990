// The film as a file: the server puts the frames together as they come, and the browser saves them.

function nameTold(response, fallback) {
  return /filename="?([^";]+)"?/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? fallback;
}

function sizeInWords(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function chosenFormat() {
  return part("export").querySelector("[name=journey-format]:checked").value;
}

async function exportFilm() {
  const format = chosenFormat();
  problemAt(part("export-messages"), null);
  part("export-start").disabled = true;
  part("export-status").textContent = "putting it together";
  try {
    const response = await fetch(journeyApi.filmAddress(travel.id, format, Number(part("fps").value)));
    if (!response.ok) {
      const told = await response.json().catch(() => ({}));
      throw { message: told.error ?? `The server answered ${response.status}.`, hint: told.hint };
    }
    const blob = await response.blob();
    const name = nameTold(response, `journey.${format}`);
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    part("export-status").textContent = `${name}, ${sizeInWords(blob.size)}`;
  } catch (problem) {
    part("export-status").textContent = "";
    problemAt(part("export-messages"), problem);
  } finally {
    part("export-start").disabled = false;
  }
}

function joinExport() {
  part("export-start").onclick = exportFilm;
  travel.onChange(() => {
    part("export").hidden = travel.going || !travel.frames.some(({ url }) => url);
    if (travel.going) part("export-status").textContent = "";
  });
}
