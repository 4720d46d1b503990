// What becomes of the result: it is saved as a file, or taken to img2img as a picture that was brought.

function joinSending(inspection) {
  const button = part("to-img2img");
  inspection.on("after", () => (part("save").href = inspection.after.told.picture_url));
  button.onclick = async () => {
    problemAt(part("send-messages"), null);
    button.disabled = true;
    try {
      const body = await fetchPicture(inspection.after.told.picture_url);
      const { id, width, height } = await window.darkroom.ask("/api/v1/pictures", { body });
      await sendToImg2img({ id, width, height });
    } catch (problem) {
      problemAt(part("send-messages"), problem);
    } finally {
      button.disabled = false;
    }
  };
}
