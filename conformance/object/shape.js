// The interfaces as a script finds them: every own property with its flags. Run in a browser and by
// `sockeye run`, it prints the same lines.
function show(name, object) {
  for (const key of Reflect.ownKeys(object).sort((a, b) => String(a) < String(b) ? -1 : 1)) {
    const { value, get, set, writable, enumerable, configurable } =
      Object.getOwnPropertyDescriptor(object, key);
    const flags = [writable && "w", enumerable && "e", configurable && "c"].filter(Boolean).join("");
    const parts = [`${name}.${String(key)}`, flags];
    if (get) parts.push(`${get.name}/${get.length}`);
    if (set) parts.push(`${set.name}/${set.length}`);
    if (typeof value === "function") parts.push(`function ${value.name}/${value.length}`);
    else if (typeof value !== "object" && !get) parts.push(String(value));
    console.log(parts.join(" "));
  }
}

for (const name of ["WebSocket", "CloseEvent"]) {
  const interface_ = globalThis[name];
  console.log(name, Object.getPrototypeOf(interface_).name);
  show(name, interface_);
  show(`${name}.prototype`, interface_.prototype);
}
for (const name of ["WebSocket", "CloseEvent", "MessageEvent", "Event", "EventTarget", "Blob"]) {
  const { enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
  console.log(name, enumerable, writable, configurable, globalThis[name].length);
  console.log(Object.prototype.toString.call(globalThis[name].prototype));
}
const own = new Event("x");
show("event", own);
