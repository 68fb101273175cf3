// The WebSocket over which the server tells of frames. Owns that it comes back when it is lost, and
// that the browser has a cookie by then; where the server does not want it back, it waits for a person.
// What the news say is not its business.

import { whyRefused } from "../opening.js";

/** The first wait before connecting again, in milliseconds; each next one is twice as long. */
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 20_000;
/** The code of a token that is wrong. */
const POLICY_VIOLATION = 1008;

export class Feed {
  #address;
  #listener;
  #socket;
  #wait = WAIT_MIN_MS;
  #timer = 0;
  #isPaused = false;
  #token = "";
  /** Whether the cookie was asked for since a connection had none. */
  #hasAsked = false;

  /**
   * `listener` has `hello`, `news`, `lost` (with the seconds to wait and, if known, the words for why),
   * `barred` (with the words for why, until `again`) and `refused`, of a token.
   */
  constructor(address, listener) {
    this.#address = address;
    this.#listener = listener;
    this.#connect();
  }

  /** Has the server send nothing, or all that came since. */
  pause(isPaused) {
    this.#isPaused = isPaused;
    this.#send({ pause: isPaused });
  }

  /** Has the server let go of what it recorded. */
  clear() {
    this.#send({ clear: true });
  }

  /** Shows everything, if `token` is the administrator's. */
  becomeAdmin(token) {
    this.#token = token;
    this.#send({ admin: token });
  }

  /** Connects now, whatever the server said. */
  again() {
    clearTimeout(this.#timer);
    this.#connect();
  }

  #connect() {
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    let wasOpen = false;
    socket.addEventListener("open", () => {
      wasOpen = true;
    });
    socket.addEventListener("message", (event) => this.#take(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      this.#retry(event.code);
      if (!wasOpen) {
        this.#askWhy();
      }
    });
  }

  #take(said) {
    if (said.news) {
      this.#listener.news(said.news);
      return;
    }
    this.#wait = WAIT_MIN_MS;
    if (said.hello.recording === "unknown" && !this.#hasAsked) {
      // The server was started anew, and does not know its cookie any more.
      this.#hasAsked = true;
      this.#renew();
      return;
    }
    this.#listener.hello(said.hello);
    if (this.#token !== "" && !said.hello.is_admin) {
      this.#send({ admin: this.#token });
    }
    if (this.#isPaused) {
      this.#send({ pause: true });
    }
  }

  async #renew() {
    try {
      await fetch(location.href, { cache: "no-store" });
    } catch {
      // Without a new cookie the next connection says so, and is shown as it is.
    }
    this.#wait = 0;
    this.#socket.close(1000);
  }

  #retry(code) {
    if (code === POLICY_VIOLATION && this.#token !== "") {
      this.#token = "";
      this.#wait = 0;
      this.#listener.refused();
    }
    const wait = around(this.#wait);
    this.#wait = Math.min(Math.max(this.#wait * 2, WAIT_MIN_MS), WAIT_MAX_MS);
    if (wait > 0) {
      this.#hasAsked = false;
      this.#listener.lost(Math.ceil(wait / 1000));
    }
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  /** Waits as long as the server says, or for a person, if it would refuse another try too. */
  async #askWhy() {
    const refused = this.#socket;
    const why = await whyRefused(this.#address);
    if (why === null || this.#socket !== refused) {
      return;
    }
    clearTimeout(this.#timer);
    if (why.isFinal) {
      this.#listener.barred(why.key);
      return;
    }
    const wait = why.waitMs + around(this.#wait);
    this.#listener.lost(Math.ceil(wait / 1000), why.key);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #send(command) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(command));
    }
  }
}

/** About as long as `ms`: all pages of a server that comes back would otherwise ask at once. */
function around(ms) {
  return ms * (0.75 + Math.random() / 2);
}
