// The way from anywhere on the page into the step scrubber, which is drawn when its tab is first opened.
(() => {
  "use strict";
  let waiting = null;

  /**
   * Open a recording: {trajectory, picture (its row in the recording), position}; or {upload}, what the server told of
   * a picture without one, which can be walked again there.
   */
  window.darkroom.openRecording = (told) => {
    waiting = told;
    window.darkroom.showTab("scrubber");
    window.dispatchEvent(new Event("darkroom:recording"));
  };

  /** What was asked for and not yet opened; asked once. */
  window.darkroom.recordingToOpen = () => {
    const told = waiting;
    waiting = null;
    return told;
  };
})();
