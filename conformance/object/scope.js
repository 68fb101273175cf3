// The global scope of a worker, which tells of itself in scope_side.js, and what new Worker refuses.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? String(value)));
const attempt = (f) => {
  try {
    return String(f());
  } catch (error) {
    return `${error.name} ${error instanceof DOMException}`;
  }
};
say(attempt(() => new Worker("http://")), attempt(() => new Worker("//[")));
say(attempt(() => new Worker("scope_side.js", { credentials: "zz" })), attempt(() => new Worker("scope_side.js", { type: "zz" })));
say(attempt(() => new Worker("scope_side.js", { credentials: null })), attempt(() => new Worker("http://", { type: "zz" })));
const order = [];
const options = {};
for (const key of ["name", "type", "credentials"]) {
  Object.defineProperty(options, key, { get() { order.push(key); } });
}
const worker = new Worker("scope_side.js?a=1#b", options);
say(order);
worker.onmessage = ({ data }) => {
  if (data === null) worker.terminate();
  else say(...data);
};
