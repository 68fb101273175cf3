// Worker: its shape, messages both ways, errors and its end. The other side is workers_side.js.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? String(value)));
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return `${error.name} ${error instanceof DOMException}`;
  }
};
say(Worker.name, Worker.length, Object.getPrototypeOf(Worker).name);
for (const key of ["postMessage", "terminate", "onmessage", "onerror", "constructor"]) {
  const { value, get, set, enumerable, configurable, writable } =
    Object.getOwnPropertyDescriptor(Worker.prototype, key);
  say(key, [enumerable, configurable, writable], value?.name, value?.length, get?.name, set?.name);
}
say(Object.prototype.toString.call(Worker.prototype), typeof DedicatedWorkerGlobalScope);
say(attempt(() => new Worker()), attempt(() => Worker("workers_side.js")));
say(attempt(() => Worker.prototype.postMessage.call({}, 1)), attempt(() => Worker.prototype.terminate()));
say(attempt(() => new Worker("workers_side.js", { type: "other" })), attempt(() => new Worker("a", 1)));

const worker = new Worker("workers_side.js", { name: "side" });
say(worker instanceof EventTarget, worker.onmessage, worker.onerror, attempt(() => worker.postMessage()));
say(attempt(() => worker.postMessage(() => {})), attempt(() => worker.postMessage(1, [{}])));
const buffer = new ArrayBuffer(3);
worker.postMessage({ ask: "shape" });
worker.postMessage({ ask: "back", map: new Map([["k", new Set([1])]]), date: new Date(7), none: undefined, text: "\ud800" });
worker.postMessage({ ask: "buffer", buffer }, [buffer]);
say("transferred", buffer.byteLength);
worker.postMessage({ ask: "order" });
worker.postMessage({ ask: "throw" });
worker.postMessage({ ask: "handled" });
worker.postMessage({ ask: "close" });
say("posted");
let isFirst = true;
worker.onmessage = ({ data, origin, lastEventId, source, ports, isTrusted, target, constructor }) => {
  if (isFirst) say(origin, lastEventId, source, ports, isTrusted, target === worker, constructor.name);
  isFirst = false;
  if (data instanceof Map) say([...data.get("map").get("k")], data.get("date").getTime(), data.get("none"), data.get("text"));
  else say(data);
  if (data !== "last") return;
  worker.postMessage("nobody hears");
  const missing = new Worker("not_there.js");
  missing.onerror = (event) => {
    say("missing", event.constructor.name, event.type, event.isTrusted, event.target === missing);
    const endless = new Worker("workers_side.js", { name: "endless" });
    endless.onmessage = () => {
      endless.terminate();
      endless.terminate();
      endless.postMessage(1);
      say("terminated");
    };
  };
};
worker.onerror = (event) => {
  say("error", event.constructor.name, event.message.endsWith("Error: thrown there"), event.lineno);
  say(event.filename.endsWith("workers_side.js"), event.error, event.cancelable, event.bubbles);
  event.preventDefault();
};
