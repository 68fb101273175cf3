// AbortController and AbortSignal, and listeners that end with a signal.
const say = (...values) => console.log(...values);
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return `${error.name} ${error instanceof DOMException}`;
  }
};
const controller = new AbortController();
const { signal } = controller;
say(signal === controller.signal, signal instanceof EventTarget, signal.aborted, signal.reason);
say(attempt(() => signal.throwIfAborted()), signal.onabort);
signal.onabort = function (event) {
  say("handler", this === signal, event.target === signal, event.isTrusted, event.bubbles, signal.aborted);
};
signal.addEventListener("abort", () => say("listener"));
const target = new EventTarget();
target.addEventListener("x", () => say("x"), { signal });
target.addEventListener("abort", () => say("not here"), { signal });
target.dispatchEvent(new Event("x"));
say("abort", controller.abort());
target.dispatchEvent(new Event("x"));
say("again", controller.abort(1), signal.reason.name, signal.reason.code, attempt(() => signal.throwIfAborted()));
target.addEventListener("x", () => say("never"), { signal });
target.dispatchEvent(new Event("x"));

for (const bad of [null, 1, {}, new EventTarget()]) {
  say(attempt(() => target.addEventListener("y", () => {}, { signal: bad })));
}
for (const bad of [1, "text", true]) say(attempt(() => target.addEventListener("y", bad)));
say(attempt(() => target.addEventListener("y", undefined)), attempt(() => target.addEventListener("y")));

const now = AbortSignal.abort();
say(now.aborted, now.reason.name, AbortSignal.abort("why").reason, AbortSignal.abort(null).reason);
const first = new AbortController();
const second = new AbortController();
const any = AbortSignal.any([first.signal, second.signal]);
const both = AbortSignal.any([any, AbortSignal.any([])]);
const log = [];
first.signal.addEventListener("abort", () => log.push("first", any.aborted, both.aborted));
any.addEventListener("abort", () => log.push("any"));
both.addEventListener("abort", () => log.push("both"));
first.abort("because");
second.abort("late");
say(log.join(), any.reason, both.reason);
say(AbortSignal.any([second.signal, first.signal]).reason, AbortSignal.any([]).aborted);
for (const bad of [undefined, [1], "a", null]) say(attempt(() => AbortSignal.any(bad)));
for (const bad of [-1, NaN, Infinity, 2 ** 53]) say(attempt(() => AbortSignal.timeout(bad)));
say(attempt(() => AbortSignal.timeout()), attempt(() => new AbortSignal()));

// A listener that aborts in the middle of a dispatch.
const middle = new AbortController();
target.addEventListener("z", () => { say("z 1"); middle.abort(); });
target.addEventListener("z", () => say("z 2"), { signal: middle.signal });
target.dispatchEvent(new Event("z"));

const timeout = AbortSignal.timeout(1);
say(timeout.aborted);
timeout.onabort = () => say("timeout", timeout.reason.name, timeout.reason.code);

// Signals that follow others stay as long as somebody would hear of it. In a task, microtasks run between listeners.
const source = new AbortController();
AbortSignal.any([source.signal]).onabort = () => say("kept");
AbortSignal.any([AbortSignal.any([source.signal])]).addEventListener("abort", () => say("kept too"));
target.addEventListener("followed", () => say("still followed"), { signal: AbortSignal.any([source.signal, source.signal]) });
for (let at = 0; at < 100; at += 1) AbortSignal.any([source.signal, timeout]);
target.dispatchEvent(new Event("followed"));
source.abort();
target.dispatchEvent(new Event("followed"));
const soon = AbortSignal.timeout(2);
const after = (text) => () => {
  say(text);
  queueMicrotask(() => say(`microtask after ${text}`));
};
soon.addEventListener("abort", after("one"));
soon.addEventListener("abort", after("two"));
AbortSignal.any([soon]).addEventListener("abort", after("three"));
