// Promises that nobody handles, and the events that tell of them: unhandledrejection,
// rejectionhandled. None of them comes before the script and its microtasks are through.
const say = (...values) => console.log(...values);
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return `${error.constructor.name}`;
  }
};
const shape = (object, key) => {
  const { value, get, set, enumerable, configurable, writable } = Object.getOwnPropertyDescriptor(object, key);
  say(key, enumerable, configurable, String(writable), typeof value, get?.name, set?.name);
};
say(PromiseRejectionEvent.name, PromiseRejectionEvent.length, Object.getPrototypeOf(PromiseRejectionEvent).name);
say(Object.getOwnPropertyNames(PromiseRejectionEvent.prototype).sort().join());
for (const key of ["promise", "reason", "constructor"]) shape(PromiseRejectionEvent.prototype, key);
shape(globalThis, "PromiseRejectionEvent");
shape(self, "onunhandledrejection");
shape(self, "onrejectionhandled");
say(onunhandledrejection, self.onrejectionhandled);
const settled = Promise.resolve();
for (const given of [
  [], ["x"], ["x", {}], ["x", { reason: 1 }], ["x", null], ["x", { promise: settled }],
  ["x", { promise: settled, reason: 7, cancelable: true, bubbles: true }],
]) {
  say(given.length, attempt(() => {
    const event = new PromiseRejectionEvent(...given);
    return [event.type, event.promise === settled, event.reason, event.cancelable, event.bubbles, event.isTrusted].join();
  }));
}
say(attempt(() => PromiseRejectionEvent("x", { promise: settled })));
say(attempt(() => PromiseRejectionEvent.prototype.reason), Object.prototype.toString.call(new PromiseRejectionEvent("x", { promise: settled })));

const promises = new Map();
const reject = (name, promise) => {
  promises.set(promise, name);
  return promise;
};
onunhandledrejection = function (event) {
  const { type, isTrusted, cancelable, bubbles, promise, reason, constructor } = event;
  say(type, promises.get(promise), reason, this === globalThis, event.target === self);
  if (reason === "first") say(constructor.name, isTrusted, cancelable, bubbles, event.defaultPrevented);
  return false;
};
addEventListener("unhandledrejection", (event) => {
  say("listener", event.reason, event.defaultPrevented);
  if (event.reason === "in its listener") event.promise.catch((reason) => say("caught", reason));
  if (event.reason === "late") setTimeout(() => event.promise.catch((reason) => say("caught", reason)));
});
onrejectionhandled = (event) => {
  const { type, isTrusted, cancelable, promise, reason } = event;
  say(type, promises.get(promise), reason, isTrusted, cancelable);
};

const first = reject("first", Promise.reject("first"));
reject("second", new Promise(() => { throw "second"; }));
const inMicrotask = reject("never", Promise.reject("handled in a microtask"));
queueMicrotask(() => inMicrotask.catch((reason) => say(reason)));
const beforeTask = reject("never", Promise.reject("handled at once"));
beforeTask.catch((reason) => say(reason));
reject("chain", first.then(() => say("never")));
reject("async", (async () => { await null; throw "async"; })());
reject("listener", Promise.reject("in its listener"));
const aggregate = reject("all", Promise.all([1, Promise.reject("all")]));
setTimeout(() => {
  say("a timer later");
  reject("late", Promise.reject("late"));
  // The one of a handler that is added to a promise that was told.
  aggregate.catch((reason) => say("caught", reason));
  setTimeout(() => {
    onunhandledrejection = null;
    say(onunhandledrejection);
    addEventListener("unhandledrejection", (event) => event.preventDefault());
    Promise.reject("last");
  }, 200);
}, 100);
say("the script is through");
