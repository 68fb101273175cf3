// When a connection that was lost, or was not opened, is tried again. Owns the waiting, some of it by
// chance, and that the server is asked why it opened none; connecting is somebody else's.

import { whyRefused } from "./opening.js";

/** The first wait before trying again, in milliseconds; each further one is twice as long. */
const WAIT_MS = 500;
/** The longest wait that the server did not ask for. */
const WAIT_MAX_MS = 30_000;

export class Retry {
  #address;
  #events;
  #failures = 0;
  #isAtOnce = false;
  #timer = 0;
  /** Before this the server wants no other try that nobody asks for; a `Date.now()`. */
  #notBefore = 0;
  /** Another one after each try: what the server says of one before counts for nothing. */
  #turn = 0;

  /**
   * `events` are `due()`, to connect now, `waits(ms, why)`, which is told again where the server wants
   * another wait, and `barred(why)`, as nothing changes by trying. `why` is as `whyRefused` says, where
   * that is known.
   */
  constructor(address, events) {
    this.#address = address;
    this.#events = events;
  }

  /** The connection is as good as one that never ended: the waits begin anew. */
  steady() {
    this.#failures = 0;
  }

  /** The next end is followed by a try at once. */
  atOnce() {
    this.#failures = 0;
    this.#isAtOnce = true;
  }

  /** A connection ended, which was open before or not: waits, and then there is another try. */
  lost(wasOpen) {
    const wait = this.#isAtOnce ? 0 : this.#nextWait();
    this.#failures += this.#isAtOnce ? 0 : 1;
    this.#isAtOnce = false;
    this.#wait(wait);
    if (!wasOpen) {
      this.#askWhy();
    }
  }

  /** Waits no more: somebody connects, or nobody is to. */
  stop() {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  /** Has the next try made now by whoever waits for it, unless the server does not want that. */
  hurry() {
    if (Date.now() >= this.#notBefore) {
      this.#events.due();
    }
  }

  /** Ends the waiting for another try, or makes it longer, if the server would refuse that one too. */
  async #askWhy() {
    const turn = this.#turn;
    const why = await whyRefused(this.#address);
    // Meanwhile the next try may have begun: it is asked about as well, should it fail.
    if (why === null || this.#turn !== turn) {
      return;
    }
    if (why.isFinal) {
      this.stop();
      this.#events.barred(why);
    } else {
      this.#notBefore = Date.now() + why.waitMs;
      // Those who were told the same do not come back in the same moment.
      this.#wait(why.waitMs + this.#nextWait(), why);
    }
  }

  #wait(ms, why) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#events.due(), ms);
    this.#events.waits(ms, why);
  }

  /** Some of it by chance, so that those whom one server lost do not come back all at once. */
  #nextWait() {
    const wait = Math.min(WAIT_MS * 2 ** this.#failures, WAIT_MAX_MS);
    return wait / 2 + (Math.random() * wait) / 2;
  }
}
