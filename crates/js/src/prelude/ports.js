// MessageChannel and MessagePort, as the HTML standard has them. Owns what waits at a port, and
// when it is told. Knows nothing of other engines: an end of a channel may be there.
(host, internal) => {
  "use strict";

  internal.bring("links");
  internal.bring("tasks");
  const shift = internal.free(Array.prototype.shift);
  const refused = (why) => new DOMException(why, "DataCloneError");

  // An end of a channel. It keeps messages as long as no port has it, or one that was not started.
  class End {
    peer = null;
    queue = [];
    port = null;
    isStarted = false;

    take(record) {
      this.queue[this.queue.length] = record;
      this.#plan();
    }

    // The other end is closed, after all that it said.
    closed() {
      this.peer = null;
      const { port } = this;
      if (port !== null) internal.queueTask(() => this.#tellClosed(port));
    }

    has(port) {
      this.port = port;
      // It may have been closed on its way.
      if (this.peer === null) this.closed();
    }

    start() {
      if (this.isStarted) return;
      this.isStarted = true;
      for (let count = this.queue.length; count > 0; count -= 1) this.#plan();
    }

    #plan() {
      if (this.isStarted) internal.queueTask(() => this.#tell());
    }

    #tell() {
      // A port that was closed or sent away hears nothing, nor does the one that has the end now
      // before it is started.
      const { port, queue, isStarted } = this;
      if (port === null || !isStarted || queue.length === 0) return;
      let event = new MessageEvent("messageerror");
      try {
        event = internal.messageOf(shift(queue));
      } finally {
        internal.fire(port, event);
      }
    }

    // Unless the end went on to another port, which is told by itself.
    #tellClosed(port) {
      if (this.port === port) internal.fire(port, new Event("close"));
    }
  }

  internal.makeEnd = () => new End();

  class MessagePort extends EventTarget {
    // None once it was sent away or closed.
    #end;

    constructor() {
      internal.legal(arguments);
      super();
      this.#end = arguments[1];
      this.#end.has(this);
    }

    postMessage(message, options = undefined) {
      const end = this.#end;
      internal.need(arguments, 1, "postMessage");
      const transfer = internal.transferOf(options);
      if (internal.isIn(transfer, this)) throw refused("a port can't be sent through itself");
      const peer = end?.peer ?? null;
      const record = internal.serialize(message, transfer);
      // Its other end would be lost in its own queue.
      const isDoomed = peer !== null && internal.isIn(record.ends, peer);
      if (peer === null || isDoomed) internal.drop(record);
      else peer.take(record);
    }

    start() { this.#end?.start(); }

    close() {
      const end = this.#end;
      if (end === null) return;
      this.#take();
      end.peer?.closed();
      end.peer = null;
      internal.dropAll(end);
    }

    #take() {
      const end = this.#end;
      this.#end = null;
      end.port = null;
      end.isStarted = false;
      return end;
    }

    static {
      internal.isPort = (value) => internal.isObject(value) && #end in value;
      internal.isGone = (port) => port.#end === null;
      internal.sendAway = (port) => port.#take();
    }
  }

  internal.makePort = (end) => new MessagePort(internal.key, end);

  class MessageChannel {
    #port1; #port2;
    static { internal.isChannel = (value) => #port1 in value; }
    constructor() {
      const one = new End();
      const other = new End();
      internal.entangle(one, other);
      this.#port1 = internal.makePort(one);
      this.#port2 = internal.makePort(other);
    }
    get port1() { return this.#port1; }
    get port2() { return this.#port2; }
  }

  for (const type of ["message", "messageerror", "close"]) {
    internal.handler(MessagePort.prototype, type, internal.isPort);
  }
  // Setting it starts the port.
  const { start } = MessagePort.prototype;
  const { get, set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
  const starting = Object.getOwnPropertyDescriptor({
    set onmessage(value) {
      internal.call(set, this, value);
      internal.call(start, this);
    },
  }, "onmessage");
  Object.defineProperty(MessagePort.prototype, "onmessage", { get, set: starting.set });
  internal.define(MessagePort);
  internal.define(MessageChannel);
  internal.expose({ MessageChannel, MessagePort });
}
