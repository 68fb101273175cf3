// Nodes of a page, as far as the articles' scripts make and place them: elements, texts, and markup
// that stays as it was written. Owns the tree, and what of it is shown. Interprets no markup.
(host, internal) => {
  "use strict";

  // As scripts may replace them.
  const { filter, find, free, isObject } = internal;
  const { fromCodePoint } = String;
  const { parseInt } = globalThis;
  const exec = free(RegExp.prototype.exec);
  const slice = free(String.prototype.slice);
  const lower = free(String.prototype.toLowerCase);
  const trim = free(String.prototype.trim);
  const codePointAt = free(String.prototype.codePointAt);
  const toText = free(Number.prototype.toString);
  // Not `replace`, which asks the pattern for other methods. No pattern here fits nothing.
  const replaced = (text, pattern, make) => {
    let kept = "";
    let from = 0;
    pattern.lastIndex = 0;
    for (let found = exec(pattern, text); found !== null; found = exec(pattern, text)) {
      kept += slice(text, from, found.index) + make(found);
      from = pattern.lastIndex;
    }
    return kept + slice(text, from);
  };

  // Tags that begin a line of their own; all others only go.
  const LINES = [
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
  ];
  // Whatever a peer sends, no character is looked at more than a few times; so a comment without an
  // end goes to the end, as in browsers.
  // Nor does a name that ends nowhere have shorter ones in it.
  const COMMENT = "<!--[^]*?(?:-->|$)";
  const NAME = "[a-z][a-z0-9-]*(?![a-z0-9-])";
  const VALUES = "[^'\"<>]*(?:(?:\"[^\"]*\"|'[^']*')[^'\"<>]*)*";
  const TAG = new RegExp(COMMENT + "|</?(" + NAME + ")" + VALUES + ">", "gi");
  // What a page does not show goes with what is in it.
  const UNSHOWN = /<!--[^]*?(?:-->|$)|<(script|style)(?:\s[^<>]*)?>[^]*?(?:<\/\1\s*>|$)/gi;
  const ENTITY = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi;
  const NAMED = {
    __proto__: null, amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0",
  };
  // What a terminal acts on, and what changes the order of the rest.
  const HARMFUL = /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  const MARKUP = /[&<>]/g;
  const SPACE = /[ \t\n\r\f]+/g;
  const LINE = /\r\n|\n|\r/g;

  const escape = (text) => replaced(text, MARKUP, (found) =>
    (found[0] === "&" ? "&amp;" : found[0] === "<" ? "&lt;" : "&gt;"));
  const character = (found) => {
    if (found[1] !== undefined) return NAMED[lower(found[1])];
    const code = found[2] === undefined ? parseInt(found[3], 16) : parseInt(found[2], 10);
    return code <= 0x10ffff ? fromCodePoint(code) : found[0];
  };
  const isLine = (tag) => {
    const name = tag === undefined ? undefined : lower(tag);
    return find(LINES, (known) => known === name) !== undefined;
  };

  internal.replaced = replaced;
  internal.harmless = (text) => replaced(text, HARMFUL, (found) =>
    "\\u{" + toText(codePointAt(found[0], 0), 16) + "}");

  const eachLine = (text, run) => {
    let from = 0;
    replaced(text, LINE, (found) => {
      run(slice(text, from, found.index));
      from = found.index + found[0].length;
      return "";
    });
    run(slice(text, from));
  };

  // Text for a person: one line for each that it has.
  internal.show = (text) => {
    eachLine(text, (line) => { host.print("shown", internal.harmless(line)); });
  };

  // Markup for a person: without tags, and white space is one space, as on a page.
  internal.showMarkup = (markup) => {
    const spaced = replaced(replaced(markup, UNSHOWN, () => ""), SPACE, () => " ");
    eachLine(replaced(spaced, TAG, (found) => (isLine(found[1]) ? "\n" : "")), (line) => {
      const text = trim(replaced(line, ENTITY, character));
      if (text !== "") host.print("shown", internal.harmless(text));
    });
  };

  let body = null;

  class Node extends EventTarget {
    #parent = null; #children = [];

    appendChild(node) {
      internal.need(arguments, 1, "appendChild");
      return this.#insert(node, null);
    }

    insertBefore(node, child) {
      internal.need(arguments, 2, "insertBefore");
      return this.#insert(node, child ?? null);
    }

    get textContent() {
      return replaced(replaced(this.#markup(), TAG, () => ""), ENTITY, character);
    }

    set textContent(text) {
      const before = this.textContent;
      text = internal.text(text ?? "");
      this.#replace(text === "" ? [] : [new Text(text)], escape(added(before, text)));
    }

    #insert(node, child) {
      if (!internal.isNode(node)) throw new TypeError("this is no node");
      // The body stays where it is.
      if (this.#is(node) || node === body) {
        throw new DOMException("the node contains its place", "HierarchyRequestError");
      }
      if (child !== null && (!internal.isNode(child) || child.#parent !== this)) {
        throw new DOMException("the child is not here", "NotFoundError");
      }
      if (node === child) return node;
      node.#leave();
      const children = this.#children;
      let at = children.length;
      // From the end, where a chat puts its lines: there may be many.
      if (child !== null) {
        for (; children[at - 1] !== child; at -= 1) children[at] = children[at - 1];
        children[at] = child;
        at -= 1;
      }
      children[at] = node;
      node.#parent = this;
      if (this.#isShown()) internal.showMarkup(node.#markup());
      return node;
    }

    #replace(nodes, shown) {
      for (let at = 0; at < this.#children.length; at += 1) this.#children[at].#parent = null;
      this.#children = nodes;
      for (let at = 0; at < nodes.length; at += 1) nodes[at].#parent = this;
      if (this.#isShown()) internal.showMarkup(shown);
    }

    #leave() {
      if (this.#parent === null) return;
      this.#parent.#children = filter(this.#parent.#children, (other) => other !== this);
      this.#parent = null;
    }

    // Whether `ancestor` is this node or one above it.
    #is(ancestor) {
      for (let node = this; node !== null; node = node.#parent) if (node === ancestor) return true;
      return false;
    }

    #isShown() { return body !== null && this.#is(body); }

    #inner() {
      let markup = "";
      for (let at = 0; at < this.#children.length; at += 1) markup += this.#children[at].#markup();
      return markup;
    }

    #markup() {
      if (internal.isText(this)) return escape(internal.data(this));
      if (internal.isMarkup(this)) return internal.source(this);
      const name = internal.tagName(this);
      return "<" + name + ">" + this.#inner() + "</" + name + ">";
    }

    static {
      internal.isNode = (value) => isObject(value) && #parent in value;
      internal.inner = (node) => node.#inner();
      internal.replace = (node, markup, shown) => node.#replace([new Markup(markup)], shown);
      internal.append = (node, child) => { node.#insert(child, null); };
      internal.prepend = (node, child) => { node.#insert(child, node.#children[0] ?? null); };
    }
  }

  // What is new in `after`, which is all of it unless it only grew.
  const added = (before, after) => {
    const isGrown = slice(after, 0, before.length) === before;
    return isGrown ? slice(after, before.length) : after;
  };

  class Text extends Node {
    #data;
    constructor(data) {
      super();
      this.#data = data;
    }
    static {
      internal.isText = (node) => #data in node;
      internal.data = (text) => text.#data;
    }
  }

  class Markup extends Node {
    #source;
    constructor(source) {
      super();
      this.#source = source;
    }
    static {
      internal.isMarkup = (node) => #source in node;
      internal.source = (markup) => markup.#source;
    }
  }

  class Element extends Node {
    #name; #className = "";

    constructor(name) {
      super();
      this.#name = name;
    }

    get className() { return this.#className; }
    set className(name) { this.#className = internal.text(name); }
    get innerHTML() { return internal.inner(this); }
    set innerHTML(markup) {
      markup = markup === null ? "" : internal.text(markup);
      internal.replace(this, markup, added(internal.inner(this), markup));
    }
    // It is shown where it is put: there is nothing to scroll.
    scrollIntoView() {}
    prepend(...nodes) {
      for (let at = nodes.length - 1; at >= 0; at -= 1) {
        const node = nodes[at];
        internal.prepend(this, internal.isNode(node) ? node : new Text(internal.text(node)));
      }
    }

    static { internal.tagName = (element) => element.#name; }
  }

  internal.define(Node);
  internal.define(Element);
  internal.dom = { Node, Text, Element };
  internal.setBody = (element) => { body = element; };
}
