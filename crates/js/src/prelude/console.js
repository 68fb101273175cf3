// console, as the console standard has it, for a terminal. Owns that none of its functions throws.
// How values look, and the functions that most scripts do without, are other parts'. Writes nothing by
// itself.
(host, internal) => {
  "use strict";

  internal.indent = "";

  const indexOf = internal.free(String.prototype.indexOf);
  internal.format = (values) => {
    // Most lines are of texts and numbers, without anything that stands for another.
    let line = "";
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      const isText = typeof value === "string";
      const isPlain = isText ? at > 0 || values.length < 2 || indexOf(value, "%") < 0
        : typeof value === "number" && value !== 0;
      if (!isPlain) {
        internal.bring("inspect");
        return internal.formatAll(values);
      }
      line += (at > 0 ? " " : "") + value;
    }
    return line;
  };
  internal.inspect = (value) => internal.format([value]);

  internal.say = (level, text) => {
    const { indent } = internal;
    host.print(level, indent === "" ? text : internal.indented(text));
  };

  const quietly = internal.quietly = (run) => {
    try {
      run();
    } catch {
      host.print("warn", "[what the console was to write throws when it is looked at]");
    }
  };
  const writer = (level) => ({
    [level](...values) { quietly(() => internal.say(level, internal.format(values))); },
  })[level];
  const console = internal.console = {
    // A namespace's, as the console standard has it.
    __proto__: {},
    assert(condition = false, ...values) {
      if (condition) return;
      quietly(() => {
        const isText = typeof values[0] === "string";
        const all = [isText ? "Assertion failed: " + values[0] : "Assertion failed:"];
        for (let at = isText ? 1 : 0; at < values.length; at += 1) all[all.length] = values[at];
        internal.say("error", values.length > 0 ? internal.format(all) : "Assertion failed");
      });
    },
  };
  for (const level of ["debug", "log", "info", "warn", "error"]) console[level] = writer(level);
  Object.defineProperty(console, Symbol.toStringTag, { value: "console", configurable: true });
  internal.expose({ console });
}
