// What lies open here, for other parts of the page that go on with it.

/** The picture of the recording that is open: {id, prompt}, or null. */
window.darkroom.pictureOnDesk = () => {
  const found = desk.recording?.pictures.find(({ row }) => row === desk.picture);
  return found ? { id: found.id, prompt: desk.request.prompt } : null;
};
