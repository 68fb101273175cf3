// Errors as texts: their words, where they were, and what they came of. Owns that they are asked for
// nothing but their words, as browsers do, and that none can throw instead. Writes nothing. Texts are
// put together with `+`, as in `inspect`.
(host, internal) => {
  "use strict";

  const [depthMax, itemsMax, lenMax] = host.inspecting;
  const { getOwnPropertyDescriptor: describe, hasOwn } = Object;
  const { free, isArray } = internal;
  const textOf = free(Error.prototype.toString);
  const trimEnd = free(String.prototype.trimEnd);
  const indexOf = free(String.prototype.indexOf);
  const slice = free(String.prototype.slice);
  const stackIn = free(describe(Error.prototype, "stack").get);

  // Of an error: its stack, its words, and both.
  internal.stackOf = (error) => {
    if (!internal.isObject(error)) return undefined;
    const own = describe(error, "stack");
    if (own === undefined) return stackIn(error);
    return hasOwn(own, "value") ? own.value : undefined;
  };
  // Without the frames of the prelude, which have no place, and the native functions by which it calls
  // scripts.
  const ofScripts = (stack) => {
    let kept = "";
    let natives = "";
    for (let from = 0; from < stack.length;) {
      const end = indexOf(stack, "\n", from);
      const line = slice(stack, from, end < 0 ? stack.length : end);
      from += line.length + 1;
      if (indexOf(line, "(<null>:") >= 0) {
        natives = "";
      } else if (indexOf(line, " (native)") >= 0) {
        natives += "\n" + line;
      } else {
        kept += natives + "\n" + line;
        natives = "";
      }
    }
    kept += natives;
    return kept === "" ? stack : slice(kept, 1);
  };
  internal.wordsOf = (error) => {
    try {
      return textOf(error);
    } catch {
      return "Error: [its words throw when they are asked for]";
    }
  };
  internal.describe = (error, note = "") => {
    if (!internal.isError(error)) {
      return (typeof error === "string" ? error : internal.inspect(error)) + note;
    }
    const own = internal.stackOf(error);
    const stack = typeof own === "string" ? ofScripts(trimEnd(own)) : "";
    return internal.wordsOf(error) + note + (stack === "" ? "" : "\n" + stack) + because(error);
  };

  // What an error says it came of, as deep as the console looks: causes may be a ring.
  let deep = 0;
  const because = (error) => {
    const cause = describe(error, "cause");
    const errors = describe(error, "errors");
    let text = "";
    if (deep >= depthMax) return text;
    deep += 1;
    try {
      if (cause !== undefined && hasOwn(cause, "value")) {
        text += "\ncaused by " + internal.describe(cause.value);
      }
      const all = errors?.value;
      const count = isArray(all) ? all.length : 0;
      for (let at = 0; at < count && at < itemsMax && text.length < lenMax; at += 1) {
        const one = describe(all, at);
        if (one !== undefined && hasOwn(one, "value")) {
          text += "\none of its errors: " + internal.describe(one.value);
        }
      }
    } finally {
      deep -= 1;
    }
    return text;
  };
}
