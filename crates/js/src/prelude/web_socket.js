// The WebSocket object: conversions of Web IDL and nothing more. What it does is the machine's,
// which the host has; here is only the object that scripts hold, and what keeps it.
(host, internal) => {
  "use strict";

  const { Event, CloseEvent, EventTarget } = internal.own;
  const BITS = { __proto__: null, open: 1, message: 2, error: 4, close: 8 };
  const { sendText } = host;
  const { keep, wellFormed } = internal;
  const methods = ["get", "set", "delete"];
  // Strong while the standard forbids to collect the object, weak always.
  const strong = keep(new Map(), methods);
  const weak = keep(new Map(), methods);
  const deref = internal.free(WeakRef.prototype.deref);
  let isSocket;
  const collected = keep(new FinalizationRegistry((id) => {
    weak.delete(id);
    host.collect(id);
  }), ["register"]);

  class WebSocket extends EventTarget {
    #id;

    constructor(url, protocols = undefined) {
      internal.need(arguments, 1, "WebSocket");
      url = internal.usv(url);
      protocols = names(protocols);
      super();
      this.#id = host.open(url, protocols);
      strong.set(this.#id, this);
      weak.set(this.#id, new WeakRef(this));
      collected.register(this, this.#id);
    }

    get url() { return host.url(this.#id); }
    get readyState() { return host.readyState(this.#id); }
    get bufferedAmount() { return host.bufferedAmount(this.#id); }
    get extensions() { return host.extensions(this.#id); }
    get protocol() { return host.protocol(this.#id); }
    get binaryType() { return host.isBlob(this.#id) ? "blob" : "arraybuffer"; }
    set binaryType(type) {
      const id = this.#id;
      type = internal.text(type);
      if (type === "blob" || type === "arraybuffer") host.setBlob(id, type === "blob");
    }

    close(code = undefined, reason = undefined) {
      const id = this.#id;
      code = code === undefined ? -1 : clamp(code);
      reason = reason === undefined ? "" : internal.usv(reason);
      host.close(id, code, reason);
    }

    send(data) {
      const id = this.#id;
      if (typeof data === "string") {
        sendText(id, wellFormed(data));
        return;
      }
      internal.need(arguments, 1, "send");
      const bytes = internal.isBlob?.(data) ? internal.bytes(data) : internal.bufferSource(data);
      if (bytes === undefined) sendText(id, internal.usv(data));
      else host.sendBytes(id, internal.toHex(bytes));
    }

    static {
      isSocket = (value) => #id in value;
      internal.changed = (target) => {
        if (!isSocket(target)) return;
        let bits = 0;
        for (const type in BITS) if (internal.has(target, type)) bits |= BITS[type];
        internal.root(target.#id, host.setListeners(target.#id, bits));
      };
    }
  }

  // (DOMString or sequence<DOMString>): an object that can be iterated is a sequence. A lone
  // surrogate is in no token, as what it becomes here is not.
  function names(protocols) {
    if (protocols === undefined) return [];
    const method = internal.iterator(protocols);
    if (method === undefined) return [internal.usv(protocols)];
    return internal.sequence(protocols, internal.usv, "WebSocket", method);
  }

  // [Clamp] unsigned short: into the range, halves to the even number, NaN is 0.
  function clamp(value) {
    const number = +value;
    if (!(number > 0)) return 0;
    if (number >= 65535) return 65535;
    const floor = number - number % 1;
    const rest = number - floor;
    return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  }

  const held = (id) => {
    const reference = weak.get(id);
    return reference === undefined ? undefined : deref(reference);
  };

  internal.root = (id, mustStay) => {
    const object = held(id);
    if (mustStay && object !== undefined) strong.set(id, object);
    else strong.delete(id);
  };

  const objectOf = (id) => strong.get(id) ?? held(id);

  internal.message = (id, data, origin, isBlob) => {
    const object = objectOf(id);
    if (object === undefined) return;
    if (isBlob) {
      internal.bring("blob");
      data = internal.makeBlob(new Uint8Array(data), "");
    }
    internal.fire(object, internal.makeMessage(data, origin));
  };

  internal.socket = (id, type, code, reason, wasClean) => {
    const object = objectOf(id);
    if (object === undefined) return;
    const isClose = type === "close";
    const init = { __proto__: null, code, reason, wasClean };
    const event = isClose ? new CloseEvent(type, init) : new Event(type);
    internal.fire(object, event);
  };

  for (const type of ["open", "error", "close", "message"]) {
    internal.handler(WebSocket.prototype, type, isSocket);
  }
  // As the interface lists them.
  internal.define(WebSocket, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }, [
    "url", "readyState", "bufferedAmount", "onopen", "onerror", "onclose", "extensions", "protocol",
    "onmessage", "binaryType",
  ]);
  internal.expose({ WebSocket });
}
