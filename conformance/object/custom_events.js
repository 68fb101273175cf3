// CustomEvent: what it carries, when, and in which order its options are read.
const say = (...values) => console.log(values.map(String).join(" "));
const attempt = (call) => {
  try {
    return call();
  } catch (error) {
    return error.name;
  }
};

const event = new CustomEvent("x", { detail: { a: 1 }, bubbles: true, cancelable: true });
say(event.detail.a, event.bubbles, event.cancelable, event.type, event instanceof Event, event);
for (const init of [undefined, null, {}, { detail: undefined }, { detail: null }, { detail: 0 }]) {
  say(new CustomEvent("y", init).detail);
}
say(attempt(() => new CustomEvent()), attempt(() => new CustomEvent("x", 1)),
  attempt(() => CustomEvent.prototype.detail), attempt(() => event.initCustomEvent()));
event.initCustomEvent("q", false, false, 9);
say(event.type, event.detail, event.cancelable);
event.initCustomEvent("r");
say(event.detail);
const target = new EventTarget();
target.addEventListener("r", (heard) => {
  heard.initCustomEvent("s", true, true, 8);
  say("while it is dispatched", heard.type, heard.detail);
});
target.dispatchEvent(event);
const order = [];
new CustomEvent("x", new Proxy({}, { get: (_target, key) => { order.push(String(key)); } }));
say(order);
class Mine extends CustomEvent {
  constructor() { super("m", { detail: 3 }); }
}
say(new Mine().detail, new Mine());
