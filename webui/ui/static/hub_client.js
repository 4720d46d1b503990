// How a component of the page listens to the event hub: `window.darkroom.listen(onEvent)`.
(() => {
  "use strict";

  const leaving = []; // what ends each component's listening

  function listenByWorker(onEvent) {
    // Each component has a port of its own: a port gets the catch-up once, and a shared one would leave the second
    // component blank.
    let port = null;
    const connect = () => {
      port = new SharedWorker(window.darkroom.hubAddress).port;
      port.onmessage = (message) => onEvent(message.data);
    };
    connect();
    const leave = () => port.postMessage("bye");
    leaving.push(leave);
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", (event) => event.persisted && connect());
  }

  let relay = null;

  function loadRelay() {
    relay ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = window.darkroom.hubAddress;
      script.onload = () => resolve(new window.darkroom.EventRelay());
      script.onerror = () => reject(new Error("The event hub's script could not be loaded."));
      document.head.append(script);
    });
    return relay;
  }

  async function listenByPage(onEvent) {
    // One stream for this page, and none while it is hidden, so that a few tabs do not use up the connections.
    const own = await loadRelay();
    const follow = () => (document.hidden ? own.remove(onEvent) : own.add(onEvent));
    leaving.push(() => {
      document.removeEventListener("visibilitychange", follow);
      own.remove(onEvent);
    });
    document.addEventListener("visibilitychange", follow);
    follow();
  }

  window.darkroom.listen = (onEvent) => {
    if (typeof SharedWorker === "undefined") listenByPage(onEvent);
    else listenByWorker(onEvent);
  };

  /** Listen no more: there is nobody to speak to, and nobody should go on trying. */
  window.darkroom.hangUp = () => leaving.splice(0).forEach((leave) => leave());
})();
