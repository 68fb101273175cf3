// The link to another engine: one text per message, each for a channel with a number. 0 is the one
// of a worker and its page, the others are of ports that went through. Owns the numbers, and who
// hears of a channel here. A channel ends with each link that it goes through.
(host, internal) => {
  "use strict";

  internal.bring("clone");

  // The end of a channel that is behind a link. What it is told goes there.
  class Remote {
    peer = null;
    #link; #number;
    constructor(link, number) {
      this.#link = link;
      this.#number = number;
    }
    take(record) { this.#link.write(this.#number, record); }
    // The end here is closed.
    closed() {
      this.peer = null;
      this.#link.forget(this.#number);
    }
  }

  internal.entangle = (one, other) => {
    one.peer = other;
    if (other !== null) other.peer = one;
  };

  const bytes = (_key, item) => (item instanceof Uint8Array ? item.toHex() : item);
  const node = (written) => (written[0] === "buffer" || written[0] === "Blob"
    ? [written[0], Uint8Array.fromHex(written[1]), ...written.slice(2)] : written);

  internal.Link = class {
    #send; #next; #remotes = new Map();

    // The two sides count on from different numbers, by twos.
    constructor(send, first) {
      this.#send = send;
      this.#next = first;
    }

    write(number, record) {
      // Lone surrogates are escaped in it, so it is well-formed.
      const text = JSON.stringify([number, ...this.#pack(record)], bytes);
      if (!this.#send(text)) {
        throw new DOMException("too much waits for the worker", "QuotaExceededError");
      }
    }

    forget(number) {
      this.#remotes.delete(number);
      this.#send(JSON.stringify([number]));
    }

    // A message for the worker or the page itself; others find their port.
    read(text) {
      const [number, ...packed] = JSON.parse(text);
      if (number === 0) return this.#unpack(packed);
      const remote = this.#remotes.get(number);
      if (packed.length === 0) {
        this.#remotes.delete(number);
        remote?.peer?.closed();
      } else {
        // Also if nobody hears of it: ports in it are to be closed.
        const record = this.#unpack(packed);
        if (remote?.peer) remote.peer.take(record);
        else internal.drop(record);
      }
      return undefined;
    }

    // Nothing comes through any more.
    end() {
      const remotes = [...this.#remotes.values()];
      this.#remotes.clear();
      this.#send = () => true;
      for (const remote of remotes) remote.peer?.closed();
    }

    #pack({ nodes, ends }) {
      return [nodes, ends.map((end) => this.#give(end))];
    }

    // What waits at an end goes along with it.
    #give(end) {
      const number = this.#next;
      this.#next += 2;
      const isClosed = end.peer === null;
      if (!isClosed) {
        const remote = new Remote(this, number);
        this.#remotes.set(number, remote);
        internal.entangle(remote, end.peer);
        end.peer = null;
      }
      return [number, isClosed, end.queue.splice(0).map((record) => this.#pack(record))];
    }

    #unpack([nodes, ends]) {
      return { nodes: nodes.map(node), ends: ends.map((end) => this.#found(end)) };
    }

    #found([number, isClosed, queue]) {
      internal.bring("ports");
      const end = internal.makeEnd();
      end.queue = queue.map((packed) => this.#unpack(packed));
      if (!isClosed) {
        const remote = new Remote(this, number);
        this.#remotes.set(number, remote);
        internal.entangle(end, remote);
      }
      return end;
    }
  };

  // A message that nobody gets, with the ports in it.
  internal.drop = ({ ends }) => {
    for (let at = 0; at < ends.length; at += 1) {
      ends[at].peer?.closed();
      ends[at].peer = null;
      internal.dropAll(ends[at]);
    }
  };

  // All that waits at an end.
  internal.dropAll = (end) => {
    const { queue } = end;
    end.queue = [];
    for (let at = 0; at < queue.length; at += 1) internal.drop(queue[at]);
  };
}
