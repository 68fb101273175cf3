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

  // As scripts may replace them; and no script is asked how to write what is in a message.
  const { call, isArray, isView, mapped, toHex } = internal;
  const { stringify, parse } = JSON;
  const { fromHex } = Uint8Array;
  const written = (value) => {
    if (isView(value)) return stringify(toHex(value));
    if (!isArray(value)) return stringify(value);
    let text = "[";
    for (let at = 0; at < value.length; at += 1) text += (at > 0 ? "," : "") + written(value[at]);
    return text + "]";
  };
  const node = (read) => {
    if (read[0] === "buffer" || read[0] === "Blob") read[1] = call(fromHex, Uint8Array, read[1]);
    return read;
  };

  internal.Link = class {
    // None once it ended.
    #send;
    #next; #remotes = { __proto__: null };

    // The two sides count on from different numbers, by twos.
    constructor(send, first) {
      this.#send = send;
      this.#next = first;
    }

    write(number, record) {
      if (this.#send === null) {
        internal.drop(record);
        return;
      }
      // Lone surrogates are escaped in it, so it is well-formed.
      const packed = this.#pack(record);
      const text = written([number, packed[0], packed[1]]);
      if (!this.#send(text)) {
        this.#lose(packed[1]);
        internal.bring("quota");
        throw internal.quotaError("too much waits for the worker");
      }
    }

    forget(number) {
      delete this.#remotes[number];
      this.#send?.(written([number]));
    }

    // A message for the worker or the page itself; others find their port.
    read(text) {
      const packed = parse(text);
      const number = packed[0];
      if (number === 0) return this.#unpack(packed[1], packed[2]);
      const remote = this.#remotes[number];
      if (packed.length === 1) {
        delete this.#remotes[number];
        remote?.peer?.closed();
      } else {
        // Also if nobody hears of it: ports in it are to be closed.
        const record = this.#unpack(packed[1], packed[2]);
        if (remote?.peer) remote.peer.take(record);
        else internal.drop(record);
      }
      return undefined;
    }

    // Nothing comes through any more.
    end() {
      const remotes = this.#remotes;
      this.#remotes = { __proto__: null };
      this.#send = null;
      for (const number in remotes) remotes[number].peer?.closed();
    }

    #pack({ nodes, ends }) {
      return [nodes, mapped(ends, (end) => this.#give(end))];
    }

    // What waits at an end goes along with it.
    #give(end) {
      const number = this.#next;
      this.#next += 2;
      const isClosed = end.peer === null;
      if (!isClosed) {
        const remote = new Remote(this, number);
        this.#remotes[number] = remote;
        internal.entangle(remote, end.peer);
        end.peer = null;
      }
      const { queue } = end;
      end.queue = [];
      return [number, isClosed, mapped(queue, (record) => this.#pack(record))];
    }

    // Ends that nobody gets, and those that wait at them.
    #lose(ends) {
      for (let at = 0; at < ends.length; at += 1) {
        const number = ends[at][0];
        const queue = ends[at][2];
        const remote = this.#remotes[number];
        delete this.#remotes[number];
        remote?.peer?.closed();
        for (let next = 0; next < queue.length; next += 1) this.#lose(queue[next][1]);
      }
    }

    #unpack(nodes, ends) {
      return { nodes: mapped(nodes, node), ends: mapped(ends, (end) => this.#found(end)) };
    }

    #found(given) {
      internal.bring("ports");
      const number = given[0];
      const isClosed = given[1];
      const queue = given[2];
      const end = internal.makeEnd();
      end.queue = mapped(queue, (packed) => this.#unpack(packed[0], packed[1]));
      if (!isClosed) {
        const remote = new Remote(this, number);
        this.#remotes[number] = remote;
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
