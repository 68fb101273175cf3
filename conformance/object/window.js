// The window of a page: its chain of prototypes, its location, and that of the console.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? String(value)));
const attempt = (f) => {
  try {
    return String(f());
  } catch (error) {
    return `${error.name} ${error instanceof DOMException}`;
  }
};
const show = (object, ...skipped) => {
  for (const key of Reflect.ownKeys(object).filter((key) => !skipped.includes(key)).sort((a, b) => String(a) < String(b) ? -1 : 1)) {
    const { value, get, set, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(object, key);
    const kind = typeof value === "function" ? [value.name, value.length] : typeof value;
    say(String(key), get === undefined ? kind : get.name, set?.name, [writable, enumerable, configurable]);
  }
};
say(String(globalThis), Object.prototype.toString.call(globalThis), Object.getOwnPropertySymbols(globalThis).length);
const chain = [];
for (let at = globalThis; at !== null; at = Object.getPrototypeOf(at)) chain.push(at[Symbol.toStringTag] ?? "");
say(chain, Object.getPrototypeOf(Window) === EventTarget, constructor === Window, window instanceof Window);
show(Window.prototype, "TEMPORARY", "PERSISTENT");
show(Object.getPrototypeOf(Window.prototype));
say(attempt(() => new Window()), attempt(() => Window()), Window.length, attempt(() => window.toString()));
show(Object.getOwnPropertyDescriptor(globalThis, "Window"));
show(Location);
show(Location.prototype);
show(location, "ancestorOrigins");
say(attempt(() => structuredClone(location)), attempt(() => structuredClone(window)), attempt(() => new Location()), attempt(() => location.assign()), attempt(() => location.assign.call({}, "x")));
say(attempt(() => Object.getOwnPropertyDescriptor(location, "href").get.call({})), location.valueOf() === location);
for (const url of ["http://", "//["]) {
  say(attempt(() => { location.href = url; }), attempt(() => location.assign(url)));
  say(attempt(() => location.replace(url)), attempt(() => { location = url; }));
}
for (const scheme of ["1", "", ":", "a b", "\u00e9", "+a", "a_b:c"]) {
  say(attempt(() => { location.protocol = scheme; }));
}
say(attempt(() => { location.protocol = "ftp"; }));
const before = location.href;
const behind = () => location.href.slice(before.length);
location.hash = "one";
say(behind(), location.hash);
location.href = "#two";
say(behind(), location.hash, String(location) === location.href);
location.replace("#th ree");
say(behind());
location = "#";
say(behind(), location.hash);
location.hash = "";
say(behind(), attempt(() => { "use strict"; location.origin = "x"; }), delete location.href);
const between = Object.getPrototypeOf(console);
say(Reflect.ownKeys(between).length, Object.getPrototypeOf(between) === Object.prototype, between === Object.prototype);
