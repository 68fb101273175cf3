// The kinds of Event that sockets fire: MessageEvent (HTML standard) and CloseEvent (WebSockets
// standard). Owns what they carry and its conversions. Fires nothing.
(host, internal) => {
  "use strict";

  const { Event } = internal.own;
  const { key } = internal;
  // As scripts may replace it; for other kinds too.
  const { initEvent } = Event.prototype;
  internal.initEvent = initEvent;
  const { freeze } = Object;
  const isPort = (value) => internal.isPort !== undefined && internal.isPort(value);

  // MessageEventSource?
  function source(value = null) {
    if (value === null || value === globalThis || isPort(value)) return value;
    throw new TypeError("MessageEvent: the source is no window and no port");
  }

  // sequence<MessagePort>
  function ports(list) {
    const port = (value) => {
      if (!isPort(value)) throw new TypeError("MessageEvent: this is no port");
      return value;
    };
    return list === undefined ? [] : internal.sequence(list, port, "MessageEvent: ports");
  }

  class MessageEvent extends Event {
    // What most events lack is made once it is asked for.
    #data; #origin; #rest = null;
    static {
      internal.makeMessage = (data, origin, ports = undefined) => {
        const event = new MessageEvent(key, data, origin);
        if (ports !== undefined) event.#set("", null, ports);
        return event;
      };
    }
    constructor(type, init = undefined) {
      if (type === key) {
        super(key, "message");
        // Not `init`: data may be undefined, which is no default here.
        this.#data = arguments[1];
        this.#origin = arguments[2];
        return;
      }
      internal.need(arguments, 1, "MessageEvent");
      super(type, init);
      init = internal.dictionary(init, "MessageEvent");
      this.#data = init.data === undefined ? null : init.data;
      const lastEventId = init.lastEventId === undefined ? "" : internal.text(init.lastEventId);
      this.#origin = init.origin === undefined ? "" : internal.usv(init.origin);
      const given = ports(init.ports);
      this.#set(lastEventId, source(init.source), given);
    }
    #set(lastEventId, source, ports) {
      this.#rest = { lastEventId, source, ports: freeze(ports) };
    }
    #others() {
      if (this.#rest === null) this.#set("", null, []);
      return this.#rest;
    }
    get data() { return this.#data; }
    get origin() { return this.#origin; }
    get lastEventId() { return this.#others().lastEventId; }
    get source() { return this.#others().source; }
    get ports() { return this.#others().ports; }
    initMessageEvent(
      type, bubbles = false, cancelable = false, data = null, origin = "", lastEventId = "",
      from = null, list = undefined,
    ) {
      internal.need(arguments, 1, "initMessageEvent");
      type = internal.text(type);
      origin = internal.usv(origin);
      lastEventId = internal.text(lastEventId);
      const sender = source(from);
      const given = ports(list);
      const isBusy = internal.isDispatched(this);
      internal.call(initEvent, this, type, bubbles, cancelable);
      if (isBusy) return;
      this.#data = data;
      this.#origin = origin;
      this.#set(lastEventId, sender, given);
    }
  }

  class CloseEvent extends Event {
    #wasClean; #code; #reason;
    constructor(type, init = undefined) {
      internal.need(arguments, 1, "CloseEvent");
      super(type, init);
      init = internal.dictionary(init, "CloseEvent");
      // Members of a dictionary are read in the order of their names.
      this.#code = init.code === undefined ? 0 : +init.code & 0xffff;
      this.#reason = init.reason === undefined ? "" : internal.usv(init.reason);
      this.#wasClean = Boolean(init.wasClean);
    }
    get wasClean() { return this.#wasClean; }
    get code() { return this.#code; }
    get reason() { return this.#reason; }
  }

  internal.define(MessageEvent);
  internal.define(CloseEvent);
  internal.expose({ MessageEvent, CloseEvent });
}
