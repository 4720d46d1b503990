// From a panel to other tabs, exactly: the form gets every field of the request, blended conditioning too.

/** Put a request into txt2img; its picture is made with the same bytes there. */
function sendToTxt2img(request) {
  return window.darkroom.fill({ fields: request, whole: true, tab: "txt2img" });
}

/** Start img2img from a picture of the library; `request` (optional) is what it was made with. */
function sendToImg2img({ id, width, height }, request = null) {
  const words = request ? { fields: request, whole: true } : {};
  return window.darkroom.fill({ ...words, tab: "img2img", picture: { id, width, height } });
}

/** Open the recording of a picture; `made` is what `developing` hands to `onDone`. */
function sendToScrubber({ trajectory, row }) {
  window.darkroom.openRecording({ trajectory, picture: row, position: 0 });
}
