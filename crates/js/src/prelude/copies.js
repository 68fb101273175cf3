// Copies of the engine's objects that a script is about to get at and may change, for parts that are
// read later. Owns which: those that few scripts name.
(host, internal) => {
  "use strict";

  internal.own.JSON = internal.copy(JSON, ["parse", "stringify"]);
  internal.own.Reflect = internal.copy(Reflect, Reflect.ownKeys(Reflect));
}
