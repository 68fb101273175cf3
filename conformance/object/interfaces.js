// What stands around the object, as a script finds it: properties with their flags, names and
// lengths. Only what the standards say is listed; a browser has more besides.
function show(name, object, keys) {
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property === undefined) {
      console.log(`${name}.${String(key)} is not there`);
      continue;
    }
    const { value, get, set, writable, enumerable, configurable } = property;
    const flags = [writable && "w", enumerable && "e", configurable && "c"].filter(Boolean).join("");
    const parts = [`${name}.${String(key)}`, flags];
    if (get) parts.push(`${get.name}/${get.length}`);
    if (set) parts.push(`${set.name}/${set.length}`);
    if (typeof value === "function") parts.push(`function ${value.name}/${value.length}`);
    else if (typeof value !== "object" && !get) parts.push(String(value));
    console.log(parts.join(" "));
  }
}

const members = {
  Event: ["type", "target", "srcElement", "currentTarget", "composedPath", "NONE", "AT_TARGET",
    "eventPhase", "stopPropagation", "cancelBubble", "stopImmediatePropagation", "bubbles",
    "cancelable", "returnValue", "preventDefault", "defaultPrevented", "composed", "timeStamp",
    "initEvent"],
  EventTarget: ["addEventListener", "removeEventListener", "dispatchEvent"],
  MessageEvent: ["data", "origin", "lastEventId", "source", "ports", "initMessageEvent"],
  ErrorEvent: ["message", "filename", "lineno", "colno", "error"],
  CustomEvent: ["detail", "initCustomEvent"],
  DOMException: ["name", "message", "code", "INDEX_SIZE_ERR", "DATA_CLONE_ERR"],
  QuotaExceededError: ["quota", "requested"],
  Blob: ["size", "type", "slice", "text", "arrayBuffer", "bytes"],
  URL: ["href", "origin", "protocol", "username", "password", "host", "hostname", "port",
    "pathname", "search", "searchParams", "hash", "toJSON", "toString"],
  URLSearchParams: ["size", "append", "delete", "get", "getAll", "has", "set", "sort", "toString",
    "entries", "forEach", "keys", "values", Symbol.iterator],
  TextEncoder: ["encoding", "encode", "encodeInto"],
  TextDecoder: ["encoding", "fatal", "ignoreBOM", "decode"],
  AbortController: ["signal", "abort"],
  AbortSignal: ["aborted", "reason", "throwIfAborted", "onabort"],
  Crypto: ["getRandomValues", "randomUUID"],
  Performance: ["now", "timeOrigin", "toJSON"],
};
const statics = { URL: ["parse", "canParse"], AbortSignal: ["abort", "timeout", "any"] };

for (const [name, keys] of Object.entries(members)) {
  const made = globalThis[name];
  const flags = Object.getOwnPropertyDescriptor(globalThis, name);
  console.log(name, made.name, made.length, flags.writable, flags.enumerable, flags.configurable);
  console.log(Object.getPrototypeOf(made) === Function.prototype, Object.getPrototypeOf(made).name);
  console.log(Object.getOwnPropertyDescriptor(made, "prototype").writable);
  const tag = Object.getOwnPropertyDescriptor(made.prototype, Symbol.toStringTag);
  console.log(tag.value, tag.writable, tag.enumerable, tag.configurable);
  show(name, made, statics[name] ?? []);
  show(`${name}.prototype`, made.prototype, ["constructor", ...keys]);
  try {
    console.log(String(made()));
  } catch (error) {
    console.log("without new", error.name);
  }
}

show("global", globalThis, ["atob", "btoa", "clearInterval", "clearTimeout", "crypto",
  "performance", "queueMicrotask", "reportError", "self", "setInterval", "setTimeout",
  "structuredClone"]);

const params = new URLSearchParams("a=1");
const iterator = params.entries();
const prototype = Object.getPrototypeOf(iterator);
show("iterator", prototype, ["next", Symbol.toStringTag]);
console.log(Object.getPrototypeOf(prototype) === Object.getPrototypeOf(Object.getPrototypeOf([].values())));
console.log(Object.prototype.toString.call(iterator), iterator[Symbol.iterator]() === iterator);
console.log(URLSearchParams.prototype[Symbol.iterator] === URLSearchParams.prototype.entries);
for (const name of ["AbortSignal", "Crypto", "Performance"]) {
  try {
    new globalThis[name]();
  } catch (error) {
    console.log(name, error.name);
  }
}
for (const [name, member] of [["URL", "href"], ["URLSearchParams", "size"], ["AbortSignal", "aborted"],
  ["TextEncoder", "encoding"], ["TextDecoder", "fatal"], ["ErrorEvent", "message"],
  ["Performance", "timeOrigin"], ["AbortController", "signal"]]) {
  try {
    globalThis[name].prototype[member];
  } catch (error) {
    console.log(name, member, error.name);
  }
}
