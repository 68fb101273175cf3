// Whose messages are the visitor's own, also after the page was loaded again or opened twice. Owns what
// the browser keeps of that: the numbers that the server gave to its connections.

import { recall, remember } from "./memory.js";

/** Connections that are kept. Older ones have said little that a room still shows. */
const OWN_MAX = 200;

/** What names a connection: numbers are given anew by a server that was restarted, epochs never. */
function nameOf(epoch, id) {
  return `${epoch}/${id}`;
}

function kept() {
  return recall("own")?.split(" ") ?? [];
}

export class Own {
  #names = new Set(kept());

  /** The server calls a connection of this browser `id`, in a room that is in `epoch`. */
  add(epoch, id) {
    const name = nameOf(epoch, id);
    this.#names.add(name);
    const others = kept().filter((each) => each !== name);
    remember("own", [...others, name].slice(-OWN_MAX).join(" "));
  }

  /** Whether the connection called `id` is one of this browser's. */
  has(epoch, id) {
    return this.#names.has(nameOf(epoch, id));
  }
}
