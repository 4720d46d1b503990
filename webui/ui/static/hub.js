// One event stream for all tabs of a browser. A browser opens at most six connections to a host, so a stream for each
// tab would hang the third; this SharedWorker holds the only one and passes the events on to a port for each component.
// Where there is no SharedWorker a page loads this file as an ordinary script and uses `EventRelay` by itself.
"use strict";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 4000;

class EventRelay {
  // Keeps what a newcomer needs to catch up: the last snapshot, brought up to date.
  constructor() {
    this.listeners = new Set();
    this.source = null;
    this.retryTimer = null;
    this.retryMs = FIRST_RETRY_MS;
    this.connection = { type: "connection", state: "connecting" };
    this.forget();
  }

  forget() {
    this.snapshot = null;
    this.current = []; // every event of the job that ran last
    this.queued = new Map(); // job id -> its `queued` event, until it starts or ends
    this.latest = new Map(); // "queue" and "status" -> the last event of that type
  }

  add(listener) {
    this.listeners.add(listener);
    listener(this.connection);
    if (this.snapshot) this.catchUp().forEach((event) => listener(event));
    this.open();
  }

  remove(listener) {
    this.listeners.delete(listener);
    if (this.listeners.size === 0) this.close();
  }

  open() {
    if (this.source || this.retryTimer) return;
    this.source = new EventSource("/api/v1/events");
    this.source.onmessage = (message) => this.receive(JSON.parse(message.data));
    this.source.onerror = () => this.lose();
  }

  close() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.retryTimer);
    this.retryTimer = null;
    this.forget();
  }

  lose() {
    // A fresh EventSource each time: it asks without Last-Event-ID and so gets a whole snapshot, which stays right
    // when the server was restarted and its sequence numbers began anew.
    this.close();
    this.say("lost");
    this.retryTimer = setTimeout(() => {
      this.retryTimer = null;
      if (this.listeners.size > 0) this.open();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  say(state) {
    if (this.connection.state === state) return;
    this.connection = { type: "connection", state };
    this.listeners.forEach((listener) => listener(this.connection));
  }

  receive(event) {
    this.retryMs = FIRST_RETRY_MS;
    this.say("open");
    this.remember(event);
    this.listeners.forEach((listener) => listener(event));
  }

  remember(event) {
    if (event.type === "snapshot") {
      this.forget();
      this.snapshot = event;
      this.current = [...(event.current ?? [])];
    } else if (event.type === "queue" || event.type === "status") {
      this.latest.set(event.type, event);
    } else if (event.type === "queued") {
      this.queued.set(event.job, event);
    } else {
      this.rememberJobEvent(event);
    }
  }

  rememberJobEvent(event) {
    const known = this.current.length > 0 ? this.current[0].job : null;
    if (event.type === "started" && event.job !== known) this.current = [];
    if (event.type === "started" || event.type === "finished" || event.type === "failed") this.queued.delete(event.job);
    if (event.type === "started" || (known !== null && event.job === known)) this.current.push(event);
  }

  catchUp() {
    const snapshot = { ...this.snapshot, current: this.current, replay: true };
    return [snapshot, ...this.queued.values(), ...this.latest.values()];
  }
}

if (typeof SharedWorkerGlobalScope !== "undefined") {
  const relay = new EventRelay();
  self.onconnect = (connected) => {
    const port = connected.ports[0];
    const listener = (event) => port.postMessage(event);
    port.onmessage = (message) => {
      if (message.data === "bye") relay.remove(listener);
    };
    relay.add(listener);
  };
} else {
  window.darkroom.EventRelay = EventRelay;
}
