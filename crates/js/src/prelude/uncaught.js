// What is told of an exception that nobody caught: where it was, also if it does not say so by
// itself, and how much memory there is if there was no more. Owns these words. Tells nobody.
// Without templates, as `inspect`.
(host, internal) => {
  "use strict";

  // Where an exception was thrown, by the first line of its stack that is a script's own: no native
  // function's, none of the prelude, none in a text that was evaluated.
  const PLACE = /^\s*at (?:.* \(|(?!.* \())((?!<null>:|<input>:).+?):(\d+)(?::(\d+))?\)?$/m;
  const OF_PAGE = /^(?:document|window|location)\b/;
  const LISTED = "docs/scripts.md lists what a page has here";
  const LACK = "InternalError: out of memory";
  // What the bindings say where there is none for a text that the host is to have.
  const LACK_OF_TEXT = "InternalError: QuickJS library created a unknown error";
  const NO_EXPORT = /^SyntaxError: Could not find export '([^]*)' in module '([^]*)'$/;
  internal.bring("inspect");
  const exec = internal.free(RegExp.prototype.exec);
  const { getOwnPropertyDescriptor } = Object;
  const of = (name) => {
    const get = getOwnPropertyDescriptor(Function.prototype, name)?.get;
    return get === undefined ? () => undefined : internal.free(get);
  };
  const fileOf = of("fileName");
  const lineOf = of("lineNumber");

  const placeIn = (stack) => (typeof stack === "string" ? exec(PLACE, stack) : null);

  // The engine does not say what was called that is no function. If a native function, or one of
  // the prelude, is in the stack before the script, it is that which called.
  const calleeOf = (error) => {
    if (internal.wordsOf(error) !== "TypeError: not a function") return "";
    const found = placeIn(internal.stackOf(error));
    if (found === null || found.index > 0 || found[3] === undefined) return "";
    const name = host.callee(found[1], +found[2], +found[3]);
    if (name === undefined) return "";
    return ": " + name + (exec(OF_PAGE, name) === null ? "" : "; " + LISTED);
  };

  internal.errorInit = (error) => {
    const said = internal.isError(error) ? internal.wordsOf(error) + calleeOf(error)
      : internal.inspect(error);
    const found = placeIn(internal.stackOf(error));
    return {
      message: "Uncaught " + said, error,
      filename: found?.[1] ?? "", lineno: +(found?.[2] ?? 0), colno: +(found?.[3] ?? 0),
    };
  };

  // `by` is a function that was called, or a stack. An object that is no error may have one too.
  const placeOf = (error, by, words = "") => {
    const lack = exec(NO_EXPORT, words);
    const importer = lack === null ? undefined : host.importer(lack[1], lack[2]);
    if (importer !== undefined) return "imported at " + importer;
    const found = placeIn(internal.stackOf(error)) ?? placeIn(by);
    if (found !== null) return "at " + found[1] + ":" + found[2];
    const file = typeof by === "function" ? fileOf(by) : undefined;
    // One of the prelude's has none.
    return file === undefined || file === "" ? host.page()[0] : "in the function at " + file + ":" + lineOf(by);
  };

  const [, memoryLenMax, isSharing] = host.page();
  const hasHalf = () => {
    try {
      new ArrayBuffer(memoryLenMax / 2);
      return true;
    } catch {
      return false;
    }
  };

  const whose = isSharing ? "each of the pages that share it has " : "a page has ";
  // 0 is no bound.
  const limit = memoryLenMax === 0 ? "" : ": " + whose + memoryLenMax + " bytes (memory_len_max)";

  internal.uncaught = (how, error, by) => {
    const isError = internal.isError(error);
    const hasLine = placeIn(internal.stackOf(error)) !== null;
    const isTold = isError || hasLine || placeIn(by) !== null;
    const why = isTold ? "" : "; a thrown value that is no Error carries no line";
    const words = isError ? internal.wordsOf(error) : "";
    const place = isError && hasLine ? "" : " (" + placeOf(error, by, words) + why + ")";
    // The engine throws null if it has not even memory for an error.
    if (error === null) {
      const lack = "out of memory" + limit + " (" + placeOf(error, by) + ")";
      return how + " " + (hasHalf() ? "null, which the script threw, or it is " + lack : lack);
    }
    let more = isError ? calleeOf(error) : "";
    if (words === LACK) more = limit;
    if (words === LACK_OF_TEXT) more = ": out of memory" + limit;
    return how + " " + internal.describe(error, more + place);
  };
}
