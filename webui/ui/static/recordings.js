// The way from anywhere on the page into the step scrubber, which is drawn when its tab is first opened.
(() => {
  "use strict";
  let waiting = null;

  /** Open a recording: {trajectory, picture (its row in the recording), position}. */
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
