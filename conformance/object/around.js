// crypto, performance, Base64, microtasks, ErrorEvent and reportError.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? String(value)));
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return `${error.name} ${error.code} ${error instanceof DOMException}`;
  }
};
const bytes = new Uint8Array(64);
say(crypto.getRandomValues(bytes) === bytes, bytes.some((byte) => byte !== 0), crypto instanceof Crypto);
for (const view of [new Int8Array(1), new BigUint64Array(2), new Uint8ClampedArray(0), new Uint8Array(65536)]) {
  say(crypto.getRandomValues(view).length);
}
for (const bad of [new Float32Array(1), new Float64Array(1), new DataView(bytes.buffer), new ArrayBuffer(1), [1], 1, undefined]) {
  say(attempt(() => crypto.getRandomValues(bad)));
}
const large = attempt(() => crypto.getRandomValues(new Uint8Array(65537)));
say(String(large).startsWith("QuotaExceededError"), attempt(() => crypto.getRandomValues()));
const quota = attempt(() => {
  try {
    crypto.getRandomValues(new Uint8Array(65537));
  } catch (error) {
    return [error instanceof QuotaExceededError, error instanceof DOMException, error.code, error.quota, error.requested];
  }
});
say(quota, Object.getPrototypeOf(QuotaExceededError) === DOMException, Reflect.ownKeys(QuotaExceededError.prototype).map(String));
for (const options of [undefined, null, {}, { quota: 1, requested: "2" }, { quota: NaN }, { quota: -1, requested: Infinity }, { requested: 1n }, 5]) {
  say(attempt(() => {
    const { name, message, code, quota, requested, constructor } = new QuotaExceededError("m", options);
    return [name, message, code, quota, requested, constructor === QuotaExceededError];
  }));
}
const { quota: cloned, requested, constructor } = structuredClone(new QuotaExceededError("m", { quota: 1, requested: 3 }));
say(cloned, requested, constructor === QuotaExceededError, structuredClone(new QuotaExceededError("m")).quota);
const notQuota = new DOMException("m", "QuotaExceededError");
say(notQuota instanceof QuotaExceededError, notQuota.code, attempt(() => Reflect.get(QuotaExceededError.prototype, "quota", notQuota)));
for (const value of [notQuota, new QuotaExceededError(), Object.create(DOMException.prototype), new Error(), {}, new EventTarget(),
  Object.create(Error.prototype), 1, undefined, new Proxy(new Error(), {})]) {
  say(Error.isError(value));
}
const { isError } = Error;
say(isError(notQuota), isError.length, isError.name, Object.hasOwn(isError, "prototype"), Object.getOwnPropertyDescriptor(Error, "isError").enumerable);
say(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()));
say(crypto.randomUUID() !== crypto.randomUUID(), attempt(() => Crypto.prototype.randomUUID.call({})));
crypto = 1;
say(typeof crypto);

const before = performance.now();
say(typeof before, before >= 0, performance.now() >= before, performance instanceof EventTarget);
say(Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 5000);
say(performance.toJSON().timeOrigin === performance.timeOrigin, attempt(() => Performance.prototype.now.call({})));

for (const text of ["", "a", "ab", "abc", "\xff\0", "\u0100", null, undefined, 12]) say(attempt(() => btoa(text)));
for (const text of ["", "YQ==", "YWI", " Y W J j\n", "YQ=", "Y", "YQ==YQ==", "Y===", "\u0100", "*", null, undefined, "ab\u000b="]) {
  say(attempt(() => atob(text)));
}
say(attempt(() => atob()), attempt(() => btoa()));

const order = [];
queueMicrotask(() => order.push("microtask"));
Promise.resolve().then(() => order.push("promise"));
queueMicrotask(function () { order.push(arguments.length); });
order.push("script");
say(queueMicrotask(() => {}), attempt(() => queueMicrotask()), attempt(() => queueMicrotask({})));

const init = { message: "m", filename: "f", lineno: 2 ** 32 + 1, colno: -1, error: 7, cancelable: true };
const event = new ErrorEvent("error", init);
say(event.message, event.filename, event.lineno, event.colno, event.error, event.cancelable, event.type);
const plain = new ErrorEvent("error");
say(plain.message, plain.filename, plain.lineno, plain.colno, plain.error, plain instanceof Event, plain.isTrusted);
say(attempt(() => new ErrorEvent()), attempt(() => new ErrorEvent("e", 1)), new ErrorEvent("e", null).message);

const own = new Error("told");
say(onerror);
onerror = function (message, filename, lineno, colno, error) {
  say("onerror", arguments.length, message.endsWith("Error: told"), error === own, this === globalThis);
  return true;
};
addEventListener("error", function (event) {
  say("listener", event instanceof ErrorEvent, event.isTrusted, event.cancelable, event.bubbles, event.defaultPrevented);
  say(event.target === globalThis, event.error === own, this === globalThis, event.lineno > 0);
}, { once: true });
say(reportError(own), attempt(() => reportError()));
onerror = null;
say(onerror);
addEventListener("error", (event) => {
  event.preventDefault();
  say("thrown", event.error === "a string", event.message);
});
setTimeout(() => { throw "a string"; });
setTimeout(() => say(order), 50);
