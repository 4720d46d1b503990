// A picture as an idea: the sentence that a reader says of it takes a place on the map like any other.

function joinPictureIdea(store, tell) {
  const button = part("picture-idea");
  const file = part("picture-idea-file");

  const showWhereReadable = async () => {
    const { default: reader } = await window.darkroom.ask("/api/v1/interrogate").catch(() => ({ default: null }));
    button.hidden = !reader;
  };

  const take = async (picture) => {
    button.disabled = true;
    try {
      const { id } = await window.darkroom.ask("/api/v1/pictures", { body: picture });
      const { sentence } = await window.darkroom.ask("/api/v1/interrogate", { json: { picture: id } });
      if (sentence && store.ideas.length < MOST_IDEAS) store.add(sentence);
      tell(null);
    } catch (problem) {
      tell(problem);
    } finally {
      button.disabled = false;
    }
  };

  button.onclick = () => file.click();
  file.addEventListener("change", ({ target }) => {
    const [picture] = target.files;
    target.value = ""; // the same file again is news, too
    if (picture) take(picture);
  });
  window.addEventListener("darkroom:explore", showWhereReadable);
  showWhereReadable();
}
