// Attributes of the global object that are behind parts, and dialogs. Owns their shape, and no state
// of theirs.
(host, internal) => {
  "use strict";

  const { attribute, loaded, operations, replace } = internal;

  const inPart = (name) => {
    internal.bring(name);
    return internal[name];
  };
  const inWindow = (name) => {
    internal.bring("window");
    return internal[name];
  };
  const dialog = (name) => ({
    [name](...given) {
      internal.global(this);
      return internal.apply(inWindow(name), undefined, given);
    },
  });
  const stays = () => {
    throw new DOMException("a page of the terminal goes nowhere else", "NotSupportedError");
  };

  internal.addGlobal = (name) => {
    switch (name) {
      // Those of a part that is there are there.
      case "crypto": return loaded.crypto || attribute(name, inPart);
      case "performance": return loaded.performance || attribute(name, inPart, replace);
      case "document": return attribute(name, inPart, undefined, false);
      case "location": return attribute(name, inWindow, stays, false);
      case "alert":
      case "prompt": return operations(dialog(name));
      // `origin`, and `scriptArgs`, which is no browser's.
      default: return attribute(name, inWindow, replace);
    }
  };
}
