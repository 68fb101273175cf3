// Window, attributes of the global object that are behind parts, and dialogs. Owns their shape, and no
// state of theirs.
(host, internal) => {
  "use strict";

  const { defineProperty, setPrototypeOf } = Object;
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
  // What is assigned to the location is where to go.
  const leave = (name, value) => {
    inWindow(name);
    internal.leave(value);
  };

  // Not before a script may ask for the interface: the object is one's from the begin.
  const becomeWindow = () => {
    class Window extends EventTarget {
      constructor() { internal.legal(arguments), super(); }
    }
    internal.define(Window);
    // The named properties object, which has none here.
    const named = setPrototypeOf({}, EventTarget.prototype);
    defineProperty(named, Symbol.toStringTag, {
      __proto__: null, value: "WindowProperties", configurable: true,
    });
    setPrototypeOf(Window.prototype, named);
    setPrototypeOf(globalThis, Window.prototype);
    delete globalThis[Symbol.toStringTag];
    internal.place("Window", Window);
  };

  internal.addGlobal = (name) => {
    switch (name) {
      // Those of a part that is there are there.
      case "crypto": return loaded.crypto || attribute(name, inPart);
      case "performance": return loaded.performance || attribute(name, inPart, replace);
      case "Window": return becomeWindow();
      case "document": return attribute(name, inPart, undefined, false);
      case "location": return attribute(name, inWindow, leave, false);
      case "alert":
      case "prompt": return operations(dialog(name));
      // `origin`, and `scriptArgs`, which is no browser's.
      default: return attribute(name, inWindow, replace);
    }
  };
}
