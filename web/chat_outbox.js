// Texts of the visitor that the server did not accept yet, by their keys. Owns which of them are sent
// again over a new connection, and since when one is late; never sends anything itself.

/** How long a text may be on its way before the visitor is told, in milliseconds. */
const LATE_MS = 1000;

export class Outbox {
  /** Each with the text, and the timer after which it is late. */
  #texts = new Map();
  /** The keys of those that were sent over a connection before this one. */
  #owed = [];
  /** Whether all are late, as there is no connection now. */
  #isCut = false;
  #changed;

  /** `changed(late)` is called with what is late, by its keys, whenever that may be something else. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** `text` was sent with `key`. */
  add(key, text) {
    const timer = setTimeout(() => this.#late(key), LATE_MS);
    this.#texts.set(key, { text, timer, isLate: false });
  }

  /** Takes out the text with `key`, of which is known what became of it; `undefined` if there is none. */
  take(key) {
    const sent = this.#texts.get(key);
    if (sent !== undefined) {
      clearTimeout(sent.timer);
      this.#texts.delete(key);
      this.#tell();
    }
    return sent?.text;
  }

  /** Takes all texts out: they are not sent again. */
  takeAll() {
    const all = Array.from(this.#texts.values());
    all.forEach(({ timer }) => clearTimeout(timer));
    this.#texts.clear();
    this.#owed = [];
    this.#tell();
    return all.map(({ text }) => text);
  }

  /** There is a connection, or there is none: nothing that is on its way arrives then. */
  connected(isConnected) {
    this.#isCut = !isConnected;
    this.#tell();
  }

  /** A new connection is there: what was sent before it is owed to it. */
  begin() {
    this.#owed = Array.from(this.#texts.keys());
  }

  /** Each key and text that is owed to this connection, once. */
  takeOwed() {
    const owed = this.#owed.filter((key) => this.#texts.has(key));
    this.#owed = [];
    return owed.map((key) => [key, this.#texts.get(key).text]);
  }

  #late(key) {
    const sent = this.#texts.get(key);
    if (sent !== undefined) {
      sent.isLate = true;
      this.#tell();
    }
  }

  #tell() {
    for (const sent of this.#texts.values()) {
      sent.isLate ||= this.#isCut;
    }
    const late = Array.from(this.#texts).filter(([, { isLate }]) => isLate);
    this.#changed(new Map(late.map(([key, { text }]) => [key, text])));
  }
}
