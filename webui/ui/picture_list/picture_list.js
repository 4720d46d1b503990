// Uploads the files that are chosen or dropped, one after the other, and keeps their ids in the order of the files.

function say(words) {
  part("words").textContent = words;
}

async function take(files) {
  const pictures = [];
  const refused = [];
  for (const [index, file] of files.entries()) {
    say(`Uploading ${index + 1} of ${files.length}`);
    try {
      pictures.push((await window.darkroom.ask("/api/v1/pictures", { body: file })).id);
    } catch (problem) {
      refused.push(`${file.name}: ${problem.message}`);
    }
  }
  props.value = { pictures };
  element.firstElementChild.dataset.count = pictures.length;
  say([`${pictures.length} ${pictures.length === 1 ? "picture is" : "pictures are"} ready.`, ...refused].join(" "));
}

let uploading = Promise.resolve();

function choose(files) {
  if (files.length > 0) uploading = uploading.then(() => take(files));
}

part("file").onchange = ({ target }) => {
  choose([...target.files]);
  target.value = ""; // the same files again are news, too
};
element.addEventListener("dragover", (event) => event.preventDefault());
element.addEventListener("drop", (event) => {
  event.preventDefault();
  choose([...(event.dataTransfer?.files ?? [])]);
});
window.darkroom.beforeSubmit.push(() => uploading);
