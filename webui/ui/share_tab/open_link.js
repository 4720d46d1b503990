// The link that is open: what to send, until when, and its end.

const COPIED_MS = 2000;

/** Plain http, and not just to this computer. */
function isReadableOnTheWay(url) {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

class OpenLink {
  constructor() {
    this.drawn = null; // the id of the link whose code is drawn
    for (const name of ["url", "password"]) part(`copy-${name}`).onclick = () => this.copy(name);
    part("close").onclick = () => this.close();
  }

  show(told) {
    part("url").textContent = told.url;
    part("password").textContent = told.password;
    part("level").textContent = levelInWords(told);
    part("unencrypted").hidden = !isReadableOnTheWay(told.url);
    this.showTime(told);
    if (this.drawn === told.id) return;
    this.drawn = told.id;
    part("qr").replaceChildren(this.picture(told.qr));
  }

  /** The code as a picture: what is drawn comes from the server, and cannot be more than a picture. */
  picture(svg) {
    const markup = svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
    return make("img", { src: `data:image/svg+xml,${encodeURIComponent(markup)}`, alt: "QR code of the link with its password" });
  }

  showTime(told) {
    const left = window.darkroom.sharing.secondsLeft();
    part("until").textContent =
      left === null ? "Open until you close it" : `Open until ${window.darkroom.clock(told.ends)}, ${window.darkroom.lasting(left)} more`;
  }

  async copy(name) {
    const words = part(`copy-${name}`).lastElementChild;
    words.textContent = await window.darkroom.copy(part(name).textContent, part(name));
    setTimeout(() => (words.textContent = "Copy"), COPIED_MS);
  }

  async close() {
    part("close").disabled = true;
    try {
      await window.darkroom.sharing.close();
      say("The link is closed.");
    } catch (problem) {
      panelMessage(part("link-messages"), problem);
    } finally {
      part("close").disabled = false;
    }
  }
}
