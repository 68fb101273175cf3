// The WebSocket over which the server tells of frames. Owns that it comes back when it is lost, and
// that the browser has a cookie by then; when, is `Retry`'s, and where the server does not want it back,
// it waits for a person. What the news say is not its business.

import { Retry } from "../retry.js";

/** The code of a token that is wrong. */
const POLICY_VIOLATION = 1008;

export class Feed {
  #address;
  #listener;
  #socket;
  #retry;
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
    this.#retry = new Retry(address, {
      due: () => this.#connect(),
      waits: (ms, why) => this.#waits(ms, why),
      barred: (why) => listener.barred(why.key),
    });
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
    this.#connect();
  }

  #connect() {
    this.#retry.stop();
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    let wasOpen = false;
    socket.addEventListener("open", () => {
      wasOpen = true;
    });
    socket.addEventListener("message", (event) => this.#take(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      if (event.code === POLICY_VIOLATION && this.#token !== "") {
        this.#token = "";
        this.#retry.atOnce();
        this.#listener.refused();
      }
      this.#retry.lost(wasOpen);
    });
  }

  #take(said) {
    if (said.news) {
      this.#listener.news(said.news);
      return;
    }
    this.#retry.steady();
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
    this.#retry.atOnce();
    this.#socket.close(1000);
  }

  #waits(ms, why) {
    // A try at once is one of the same connection's.
    if (ms > 0) {
      this.#hasAsked = false;
      this.#listener.lost(Math.ceil(ms / 1000), why?.key);
    }
  }

  #send(command) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(command));
    }
  }
}
