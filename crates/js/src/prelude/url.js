// URL, as the URL standard has it. What URLs are is the host's business: an object here is its
// serialization and, once somebody asked, its URLSearchParams.
(host, internal) => {
  "use strict";

  const parse = (given, url, base) => {
    internal.need(given, 1, "URL");
    url = internal.usv(url);
    base = base === undefined ? undefined : internal.usv(base);
    return host.urlParse(url, base);
  };

  class URL {
    #href; #params = undefined;

    static { internal.isURL = (value) => #href in value; }

    constructor(url, base = undefined) {
      const href = parse(arguments, url, base);
      if (href === undefined) throw new TypeError("URL: this is none");
      this.#href = href;
    }

    static parse(url, base = undefined) {
      const href = parse(arguments, url, base);
      return href === undefined ? null : new URL(href);
    }

    static canParse(url, base = undefined) {
      return parse(arguments, url, base) !== undefined;
    }

    get href() { return this.#href; }
    set href(value) {
      const hasBrand = this.#href;
      const href = host.urlParse(internal.usv(value), undefined);
      if (href === undefined) throw new TypeError(`href of ${hasBrand}: no URL`);
      this.#href = href;
      this.#refresh();
    }
    get origin() { return this.#get("origin"); }
    get protocol() { return this.#get("protocol"); }
    set protocol(value) { this.#set("protocol", value); }
    get username() { return this.#get("username"); }
    set username(value) { this.#set("username", value); }
    get password() { return this.#get("password"); }
    set password(value) { this.#set("password", value); }
    get host() { return this.#get("host"); }
    set host(value) { this.#set("host", value); }
    get hostname() { return this.#get("hostname"); }
    set hostname(value) { this.#set("hostname", value); }
    get port() { return this.#get("port"); }
    set port(value) { this.#set("port", value); }
    get pathname() { return this.#get("pathname"); }
    set pathname(value) { this.#set("pathname", value); }
    get search() { return this.#get("search"); }
    set search(value) {
      this.#set("search", value);
      this.#refresh();
    }
    get searchParams() {
      internal.bring("search_params");
      this.#params ??= internal.paramsOf(this.#get("search"), (query) => {
        this.#href = host.urlSet(this.#href, "search", query);
      });
      return this.#params;
    }
    get hash() { return this.#get("hash"); }
    set hash(value) { this.#set("hash", value); }
    toString() { return this.#href; }
    toJSON() { return this.#href; }

    #get(part) { return host.urlGet(this.#href, part); }
    #set(part, value) { this.#href = host.urlSet(this.#href, part, internal.usv(value)); }
    #refresh() {
      if (this.#params !== undefined) internal.setParams(this.#params, this.#get("search"));
    }
  }

  internal.define(URL);
  internal.statics(URL);
  internal.expose({ URL });
}
