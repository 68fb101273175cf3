// A WebSocket that comes back. Owns after which ends it does; when, is `Retry`'s, and what is said over
// it somebody else's. A connection that was refused for good is not tried again by itself, and one that
// the server has no room for not before the server said.

import { Retry } from "./retry.js";

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
  #openedAt = 0;
  #retry;
  /** The end of the connection before, while another one is waited for. */
  #lastEnd;

  /**
   * `handlers` are `opened()`, `received(data)` and `changed(state, details)`; the details of
   * "waiting" and "closed" are the `code`, `reason` and `wasClean` of the one before, `until` when it
   * waits, and `why` it was refused, as `whyRefused` says, where that is known.
   */
  constructor(address, handlers, protocols = []) {
    this.#address = address;
    this.#handlers = handlers;
    this.#protocols = protocols;
    this.#retry = new Retry(address, {
      due: () => this.open(),
      waits: (ms, why) => this.#change("waiting", { ...this.#lastEnd, why, until: Date.now() + ms }),
      barred: (why) => this.#change("closed", { ...this.#lastEnd, why }),
    });
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
    if (this.#state !== "waiting" && this.#state !== "closed") {
      return;
    }
    this.#retry.stop();
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
    if (this.#state === "waiting") {
      this.#retry.stop();
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
    if (wasOpen && performance.now() - this.#openedAt >= STEADY_MS) {
      this.#retry.steady();
    }
    this.#lastEnd = details;
    this.#retry.lost(wasOpen);
  }

  #hurry() {
    if (this.#state === "waiting") {
      this.#retry.hurry();
    }
  }

  #change(state, details = {}) {
    this.#state = state;
    this.#handlers.changed(state, details);
  }
}

/** The address of the WebSocket at `path` of this server, wherever a proxy may have mounted it:
 * beside the folder of this script. */
export function addressOf(path) {
  return new URL(`../${path}`, import.meta.url).href.replace(/^http/, "ws");
}
