// The chosen point: its picture, what it is made of, how far out it lies, and ways on.

/** How strange it is, against the edge, in words. */
function strangenessInWords({ strangeness, lost }) {
  if (lost) return "lost: the numbers grew beyond all bounds";
  if (strangeness === null) return "not measured";
  const number = shortNumber(strangeness);
  if (line.edge === null) return number;
  if (strangeness <= line.edge) return `${number}, within the normal range`;
  return `${number}, ${(strangeness / line.edge).toFixed(1)} times the edge of the normal`;
}

let chosenPoint = null;

function showChosen(point) {
  chosenPoint = point;
  part("chosen").hidden = !point;
  if (!point) return;
  const { factor, text, url, strangeness } = point;
  part("chosen-picture").hidden = !url;
  if (url && part("chosen-picture").getAttribute("src") !== url) part("chosen-picture").src = url;
  part("chosen-picture").alt = `The picture at ${factorInWords(factor)}`;
  part("chosen-wait").hidden = Boolean(url);
  part("chosen-factor").textContent = factorInWords(factor);
  part("chosen-text").textContent = text;
  part("chosen-strangeness").textContent = url ? strangenessInWords(point) : "";
  part("chosen").classList.toggle("strange", point.lost || (line.edge !== null && strangeness > line.edge));
  part("chosen").dataset.factor = factor;
}

/** Has it made as any picture of txt2img is, kept and recorded, and opens the recording. */
async function makeChosen() {
  problemAt(part("chosen-messages"), null);
  part("to-scrubber").disabled = true;
  try {
    const onNews = (words) => (part("chosen-status").textContent = words);
    const made = await window.darkroom.makePicture(chosenPoint.request, { onNews });
    if (made.trajectory) sendToScrubber(made);
    else problemAt(part("chosen-messages"), { kind: "note", message: "The picture is made. Its steps were not kept: recording is switched off in the settings." });
  } catch (problem) {
    problemAt(part("chosen-messages"), problem);
  } finally {
    part("to-scrubber").disabled = false;
    part("chosen-status").textContent = "";
  }
}

function joinChosen() {
  part("to-scrubber").onclick = makeChosen;
  part("to-txt2img").onclick = () => sendToTxt2img(chosenPoint.request);
  part("to-journey").onclick = () => {
    window.darkroom.addStop(chosenPoint.request, chosenPoint.url);
    window.darkroom.showExplorer("journeys");
  };
  part("copy").onclick = async () => {
    part("copy-words").textContent = await window.darkroom.copy(chosenPoint.text, part("chosen-text"));
    setTimeout(() => (part("copy-words").textContent = "Copy"), 2000);
  };
}
