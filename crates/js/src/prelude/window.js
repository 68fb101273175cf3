// The window around a document: its address, and its dialogs, which are lines of the terminal.
// Owns no navigation: a page stays, where another fragment does not lead away.
(host, internal) => {
  "use strict";

  const { defineProperty, getOwnPropertyDescriptor } = Object;

  class Location {
    constructor() { internal.legal(arguments); }
  }
  internal.define(Location);
  internal.expose({ Location });

  const location = new Location(internal.key);
  internal.isLocation = (value) => value === location;
  const own = (object) => {
    if (object !== location) throw new TypeError("Illegal invocation");
  };
  const stays = () => {
    throw new DOMException("a page of the terminal goes nowhere else", "NotSupportedError");
  };
  const exec = internal.free(RegExp.prototype.exec);
  const indexOf = internal.free(String.prototype.indexOf);
  const slice = internal.free(String.prototype.slice);
  const whole = (href) => {
    const at = indexOf(href, "#");
    return at < 0 ? href : slice(href, 0, at);
  };
  const HREF = 0;
  const HASH = 8;
  // What differs in its fragment alone is on the page.
  const go = (href) => {
    const isHere = whole(href) === whole(host.location[HREF]);
    if (!isHere || whole(href) === href) stays();
    host.location[HREF] = href;
    host.location[HASH] = host.urlGet(href, "hash");
  };
  const leave = internal.leave = (url) => {
    const href = host.urlParse(internal.usv(url), host.location[HREF]);
    if (href === undefined) throw new DOMException("location: this is no URL", "SyntaxError");
    go(href);
  };
  // What the URL parser takes for one in front of a colon: it sees no ends of lines.
  const SCHEME = /^[\t\n\r]*[a-z][\t\n\ra-z0-9+.-]*(?::|$)/i;
  // Whether nothing comes of another value, which makes this URL.
  const isVain = (href, part) => {
    const scheme = host.urlGet(href, "protocol");
    if (part === "protocol") return scheme !== "http:" && scheme !== "https:";
    // The one page without a host: its path is opaque.
    return scheme === "about:" && part !== "search" && part !== "hash";
  };
  const change = (part, value) => {
    const before = host.location[HREF];
    if (part === "protocol" && exec(SCHEME, value) === null) {
      throw new DOMException("location: this is no scheme", "SyntaxError");
    }
    const href = host.urlSet(before, part, value);
    // An empty fragment is one, other than in a URL.
    if (part === "hash" && (value === "" || value === "#")) go(whole(before) + "#");
    else if (!isVain(href, part)) go(href);
  };
  // All that nobody can replace: [LegacyUnforgeable].
  const define = (name, descriptor) => {
    defineProperty(location, name, { __proto__: null, enumerable: true, ...descriptor });
  };
  const parts = [
    "href", "origin", "protocol", "host", "hostname", "port", "pathname", "search", "hash",
  ];
  for (let at = 0; at < parts.length; at += 1) {
    const name = parts[at];
    const { get, set } = getOwnPropertyDescriptor({
      get [name]() { return own(this), host.location[at]; },
      set [name](value) {
        own(this);
        if (name === "href") leave(value);
        else change(name, internal.usv(value));
      },
    }, name);
    define(name, { __proto__: null, get, set: name === "origin" ? undefined : set });
  }
  const methods = {
    assign(url) {
      own(this);
      internal.need(arguments, 1, "assign");
      leave(url);
    },
    reload() { own(this), stays(); },
    replace(url) {
      own(this);
      internal.need(arguments, 1, "replace");
      leave(url);
    },
    toString() { return own(this), host.location[0]; },
  };
  for (const name in methods) define(name, { __proto__: null, value: methods[name] });
  const { valueOf } = Object.prototype;
  define("valueOf", { __proto__: null, value: valueOf, enumerable: false });
  define(Symbol.toPrimitive, { __proto__: null, value: undefined, enumerable: false });

  internal.location = location;
  internal.origin = host.location[9];
  internal.scriptArgs = host.args;
  const show = (text) => {
    internal.bring("document");
    internal.show(text);
  };
  internal.alert = (message = "") => { show(internal.text(message)); };
  internal.prompt = (message = "", preset = "") => {
    show(internal.text(message));
    preset = internal.text(preset);
    const line = host.prompt();
    return line === "" ? preset : line ?? null;
  };
}
