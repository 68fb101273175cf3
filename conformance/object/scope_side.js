// The worker of scope.js: says where the members of its global scope are.
const say = (...values) => postMessage(values.map((value) => value ?? String(value)));
const attempt = (f) => {
  try {
    return String(f());
  } catch (error) {
    return `${error.name} ${error instanceof DOMException}`;
  }
};
const names = "self name location origin onerror onrejectionhandled onunhandledrejection onmessage onmessageerror "
  + "crypto performance setTimeout setInterval clearTimeout clearInterval atob btoa queueMicrotask reportError "
  + "structuredClone importScripts postMessage close console WebSocket Worker WorkerLocation";
const chain = [];
for (let at = globalThis; at !== null; at = Object.getPrototypeOf(at)) chain.push(at);
say(chain.map((at) => at[Symbol.toStringTag] ?? ""), Object.getOwnPropertySymbols(globalThis).length);
for (const name of names.split(" ")) {
  const at = chain.findIndex((object) => Object.hasOwn(object, name));
  const { value, get, set, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(chain[at], name);
  say(name, at, get?.name ?? typeof value, set?.name, [writable, enumerable, configurable].join());
}
for (const name of Object.getOwnPropertyNames(WorkerLocation.prototype)) {
  const { value, get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(WorkerLocation.prototype, name);
  say(name, get?.name ?? typeof value, set?.name, [enumerable, configurable].join());
}
say(location.search, location.hash, location.pathname.endsWith("/scope_side.js"), String(location) === location.href);
say(Object.keys(location).length, location.constructor.name, origin === location.origin || origin === "null");
for (const name of ["postMessage", "close", "importScripts", "setTimeout", "atob", "structuredClone"]) {
  say(name, attempt(() => globalThis[name].call({}, "x")));
}
say(attempt(() => structuredClone(location)), attempt(() => new WorkerLocation()), attempt(() => new WorkerGlobalScope()), attempt(() => new DedicatedWorkerGlobalScope()));
say(attempt(() => WorkerGlobalScope.prototype.self), attempt(() => WorkerGlobalScope.prototype.onerror));
say(attempt(() => { "use strict"; location = 5; }), attempt(() => { "use strict"; location.href = "x"; }));
self = 5;
origin = 5;
say(typeof self, Object.hasOwn(globalThis, "self"), origin, Object.hasOwn(globalThis, "origin"));
onerror = () => true;
say(typeof onerror, Object.hasOwn(globalThis, "onerror"));
say(attempt(() => importScripts("http://[")), attempt(() => importScripts("nowhere.js", "http://[")), attempt(() => importScripts("nowhere.js")));
postMessage(null);
