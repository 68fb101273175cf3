// The global object as a script finds it that names nothing in it: each name is put together, so that
// what waits until it is used is seen before that.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? String(value)));
const all = globalThis;
const whole = (name) => name.replace("~", "");
const names = "se~lf na~me cry~pto perfor~mance win~dow docu~ment loca~tion ori~gin oner~ror onlo~ad "
  + "onunhandled~rejection onrejection~handled ale~rt pro~mpt setTime~out queueMicro~task ato~b cons~ole "
  + "U~RL URLSearch~Params Bl~ob Abort~Controller Abort~Signal Custom~Event Error~Event Text~Encoder "
  + "Text~Decoder Cry~pto Perfor~mance Message~Channel Message~Port Wor~ker Promise~RejectionEvent "
  + "Finalization~Registry WebSo~cket Event~Target";
for (const name of names.split(" ").map(whole)) {
  const { value, get, set, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(all, name);
  say(name, typeof value, get?.name, set?.name, writable, enumerable, configurable);
  if (typeof value !== "function") continue;
  say(value.name, value.length, Object.hasOwn(value, "prototype"), value === all[name]);
  const prototype = Object.getPrototypeOf(value);
  say(prototype === Function.prototype ? "" : prototype.name, value.prototype?.constructor === value);
}
const listed = [];
for (const name in all) if (names.split(" ").map(whole).includes(name)) listed.push(name);
say(listed.sort());
const crypto_ = Object.getOwnPropertyDescriptor(all, whole("cry~pto")).get;
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return error.name;
  }
};
say(attempt(() => crypto_.call({})), attempt(() => all[whole("U~RL")]("http://a/")));
say(attempt(() => { "use strict"; all[whole("win~dow")] = 1; }), delete all[whole("loca~tion")]);
all[whole("ori~gin")] = 5;
say(Object.getOwnPropertyDescriptor(all, whole("ori~gin")));
Object.defineProperty(all, whole("Bl~ob"), { enumerable: true });
say(new all[whole("Bl~ob")](["four"]).size, Object.keys(all).includes(whole("Bl~ob")));
const made = ["return", "a + b"].join(" ");
say(new Function("a", "b", made)(1, 2), (async () => {}).constructor.name, Function.name, Function.length);
say(Function.prototype.constructor === Function, attempt(() => Function("}")), attempt(() => Function(Symbol())));
say((() => {})[["const", "ructor"].join("")](["return", " th", "is"].join(""))() === all);
