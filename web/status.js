// The status line of a page: in which state the connection is, and in words what that means. Owns
// those elements and the button beside them; never the connection.

import { explanation, isExplained, reasonOf } from "./closing.js";
import { put } from "./elements.js";

/** The words of each state, and those of the button. */
const WORDS_OF = {
  connecting: ["connecting", "cancel"],
  open: ["open", "close"],
  closing: ["closing", "close"],
  waiting: ["waiting", "tryNow"],
  closed: ["closed", "reconnect"],
};

export class Status {
  #box;
  #state;
  #detail;
  #toggle;

  #canCancel;

  /**
   * `toggled` is called with nothing when the button is used. Only with `canCancel` it can be while
   * the page connects: where that happens by itself, "try now" would become "cancel" under a finger.
   */
  constructor(toggled, { canCancel = false } = {}) {
    this.#canCancel = canCancel;
    [this.#box, this.#state, this.#detail, this.#toggle] = ["status", "state", "detail", "toggle"].map(
      (id) => document.getElementById(id),
    );
    this.#toggle.addEventListener("click", toggled);
  }

  /** Shows `state`; `details` are the end of the connection before, if any, `address` where it leads. */
  show(state, details = {}, address) {
    const [words, button] = WORDS_OF[state];
    this.#box.dataset.state = state;
    put(this.#toggle, button);
    this.#toggle.disabled =
      state === "closing" || (state === "connecting" && !this.#canCancel);
    if (details.why !== undefined) {
      const status = String(details.why.status);
      const until = new Date(details.until ?? Date.now());
      put(this.#state, state === "closed" ? "refusedOpening" : "refusedForNow", { status, until });
      put(this.#detail, details.why.key);
    } else if (state === "closed" || state === "waiting") {
      const { code, reason, wasClean } = details;
      const cleanness = { key: wasClean ? "clean" : "unclean" };
      const until = new Date(details.until ?? Date.now());
      put(this.#state, words, { code: String(code), cleanness, until });
      const meaning = { key: explanation(code) };
      const isWhole = reason === "" || isExplained(code, reason);
      put(this.#detail, isWhole ? "meaning" : "meaningReason", { meaning, reason: reasonOf(code, reason) });
    } else {
      put(this.#state, words);
      put(this.#detail, "address", { address });
    }
  }
}
