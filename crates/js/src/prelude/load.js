// The end of loading, as the HTML standard has it. Owns the order of its events. Reads no document that
// nobody asked for: what hears of it is mostly the window.
(host, internal) => {
  "use strict";

  const { fire, globalTarget, key } = internal;
  const loaded = () => new Event("DOMContentLoaded", { __proto__: null, bubbles: true });
  // The key stands for a document that is not there yet.
  const seen = () => internal.document ?? key;

  internal.fireLoad = () => {
    // Neither loading nor complete.
    internal.load = null;
    if (internal.document !== undefined) fire(internal.document, loaded(), internal.document);
    // It bubbles there.
    fire(globalTarget, loaded(), seen());
    internal.load = undefined;
    fire(globalTarget, new Event("load"), seen());
  };
}
