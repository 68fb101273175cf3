// A WebSocket that comes back. Owns when to try again, and for how long not to; what is said over it
// is somebody else's. A connection that was refused for good is not tried again by itself, and one that
// the server has no room for not before the server said.

import { whyRefused } from "./opening.js";

/** The first wait before trying again, in milliseconds; each further one is twice as long. */
const WAIT_MS = 500;
/** The longest wait. */
const WAIT_MAX_MS = 30_000;
/** A connection that held this long was a good one: after it the waits begin anew. */
const STEADY_MS = 5000;

/** Close codes after which nothing changes by coming back: a violation, a rule, no room for it. */
const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010]);

/** Whether whoever was closed with `code` had better stay away. */
function isFinal(code) {
  // The server's own codes say it by their number.
  return FINAL_CODES.has(code) || (code >= 3500 && code <= 3999);
}

export class Connection {
  #address;
  #protocols;
  #handlers;
  #socket = null;
  /** "connecting", "open", "waiting" (to try again), "closing" or "closed". */
  #state = "closed";
  #failures = 0;
  #timer = 0;
  #openedAt = 0;
  /** Before this the server wants no other try that nobody asks for; a `Date.now()`. */
  #notBefore = 0;

  /**
   * `handlers` are `opened()`, `received(data)` and `changed(state, details)`; the details of
   * "waiting" and "closed" are the `code`, `reason` and `wasClean` of the one before, `until` when it
   * waits, and `why` it was refused, as `whyRefused` says, where that is known.
   */
  constructor(address, handlers, protocols = []) {
    this.#address = address;
    this.#handlers = handlers;
    this.#protocols = protocols;
    globalThis.addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => {
      // Timers of a page in the background are late, and somebody looks at it now.
      if (!document.hidden) {
        this.#hurry();
      }
    });
  }

  get state() {
    return this.#state;
  }

  get address() {
    return this.#address;
  }

  /** Connects now, whatever it waits for. */
  open() {
    clearTimeout(this.#timer);
    if (this.#state !== "waiting" && this.#state !== "closed") {
      return;
    }
    const socket = new WebSocket(this.#address, this.#protocols);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#change("connecting");
    // There is no "error" listener: a "close" event always follows, and says more.
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", ({ data }) => this.#handlers.received(data));
    socket.addEventListener("close", (event) => this.#ended(event));
  }

  /** Sends a text or bytes; `false` if there is nobody to send it to. */
  send(data) {
    if (this.#state !== "open") {
      return false;
    }
    this.#socket.send(data);
    return true;
  }

  /** Closes the connection, and does not come back. */
  close() {
    clearTimeout(this.#timer);
    if (this.#state === "waiting") {
      this.#change("closed", { code: 1000, reason: "", wasClean: true });
    } else if (this.#state !== "closed") {
      this.#change("closing");
      this.#socket.close(1000);
    }
  }

  /** Closes an open connection, and opens one that is not. */
  toggle() {
    if (this.#state === "open") {
      this.close();
    } else {
      this.open();
    }
  }

  #opened() {
    this.#openedAt = performance.now();
    this.#change("open");
    this.#handlers.opened();
  }

  #ended({ code, reason, wasClean }) {
    const details = { code, reason, wasClean };
    if (this.#state === "closing" || isFinal(code)) {
      this.#change("closed", details);
      return;
    }
    const wasOpen = this.#state === "open";
    const wasSteady = wasOpen && performance.now() - this.#openedAt >= STEADY_MS;
    this.#failures = wasSteady ? 0 : this.#failures;
    const wait = waitMs(this.#failures);
    this.#failures += 1;
    this.#wait(wait, details);
    if (!wasOpen) {
      this.#askWhy(details);
    }
  }

  #wait(ms, details) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), ms);
    this.#change("waiting", { ...details, until: Date.now() + ms });
  }

  /** Ends the waiting for another try, or makes it longer, if the server would refuse that one too. */
  async #askWhy(details) {
    const refused = this.#socket;
    const why = await whyRefused(this.#address);
    // Meanwhile the next try may have begun: it is asked about as well, should it fail.
    if (why === null || this.#state !== "waiting" || this.#socket !== refused) {
      return;
    }
    if (why.isFinal) {
      clearTimeout(this.#timer);
      this.#change("closed", { ...details, why });
    } else {
      this.#notBefore = Date.now() + why.waitMs;
      // Those who were told the same do not come back in the same moment.
      this.#wait(why.waitMs + waitMs(this.#failures), { ...details, why });
    }
  }

  #hurry() {
    if (this.#state === "waiting" && Date.now() >= this.#notBefore) {
      this.open();
    }
  }

  #change(state, details = {}) {
    this.#state = state;
    this.#handlers.changed(state, details);
  }
}

/** How long to wait after so many failures in a row: some of it by chance, so that those whom one
 * server lost do not come back all at once. */
function waitMs(failures) {
  const wait = Math.min(WAIT_MS * 2 ** failures, WAIT_MAX_MS);
  return wait / 2 + (Math.random() * wait) / 2;
}

/** The address of the WebSocket at `path` of this server, wherever a proxy may have mounted it:
 * beside the folder of this script. */
export function addressOf(path) {
  return new URL(`../${path}`, import.meta.url).href.replace(/^http/, "ws");
}
