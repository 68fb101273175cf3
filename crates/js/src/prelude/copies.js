// A copy of Reflect, which a script is about to get at and may change, for parts that are read later.
// Few scripts name it. Owns nothing else.
(host, internal) => {
  "use strict";

  internal.own.Reflect = internal.copy(Reflect, Reflect.ownKeys(Reflect));
}
