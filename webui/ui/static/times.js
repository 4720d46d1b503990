// How long something takes and when it ends, in words.
(() => {
  "use strict";

  /** Seconds as "2 h 5 min", "12 min" or "40 s". */
  window.darkroom.lasting = (seconds) => {
    if (seconds < 60) return `${Math.ceil(seconds)} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
  };

  /** A moment as the clock shows it: "21:40", with the day where it is another one. */
  window.darkroom.clock = (when) => {
    const moment = new Date(when);
    const time = moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    if (moment.toDateString() === new Date().toDateString()) return time;
    return `${moment.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" })}, ${time}`;
  };
})();
