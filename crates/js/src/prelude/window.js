// The window around a document: its address, and its dialogs, which are lines of the terminal.
// Owns no navigation: a page stays.
(host, internal) => {
  "use strict";

  internal.bring("document");

  class Location {
    get href() { return host.location[0]; }
    get origin() { return host.location[1]; }
    get protocol() { return host.location[2]; }
    get host() { return host.location[3]; }
    get hostname() { return host.location[4]; }
    get port() { return host.location[5]; }
    get pathname() { return host.location[6]; }
    get search() { return host.location[7]; }
    get hash() { return host.location[8]; }
    toString() { return this.href; }
  }
  internal.define(Location);

  const location = new Location();
  internal.location = location;
  internal.origin = host.location[9];
  internal.scriptArgs = host.args;
  internal.alert = (message = "") => { internal.show(internal.text(message)); };
  internal.prompt = (message = "", preset = "") => {
    internal.show(internal.text(message));
    preset = internal.text(preset);
    const line = host.prompt();
    return line === "" ? preset : line ?? null;
  };
}
