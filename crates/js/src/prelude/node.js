// Nodes of a page, as far as the articles' scripts make and place them: elements, texts, and markup
// that stays as it was written. Owns the tree, and what of it is shown. Interprets no markup.
(host, internal) => {
  "use strict";

  // Tags that begin a line of their own; all others only go.
  const LINES = new Set([
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
  ]);
  // Whatever a peer sends, no character is looked at more than a few times; so a comment without an
  // end goes to the end, as in browsers.
  const TAG = /<!--[^]*?(?:-->|$)|<\/?([a-z][a-z0-9-]*)(?:"[^"]*"|'[^']*'|[^'"<>])*>/gi;
  const ENTITY = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi;
  const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
  // What a terminal acts on, and what changes the order of the rest.
  const HARMFUL = /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

  const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const character = (whole, name, decimal, hex) => {
    if (name !== undefined) return NAMED[name.toLowerCase()];
    const code = decimal === undefined ? parseInt(hex, 16) : parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  };
  const tag = (whole, name) => (LINES.has(name?.toLowerCase()) ? "\n" : "");

  internal.harmless = (text) =>
    text.replace(HARMFUL, (found) => `\\u{${found.codePointAt(0).toString(16)}}`);

  // Text for a person: one line for each that it has.
  internal.show = (text) => {
    for (const line of text.split(/\r\n|\n|\r/)) host.print("shown", internal.harmless(line));
  };

  // Markup for a person: without tags, and white space is one space, as on a page.
  internal.showMarkup = (markup) => {
    for (const line of markup.replace(/[ \t\n\r\f]+/g, " ").replace(TAG, tag).split("\n")) {
      const text = line.replace(ENTITY, character).trim();
      if (text !== "") host.print("shown", internal.harmless(text));
    }
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
      return this.#markup().replace(TAG, "").replace(ENTITY, character);
    }

    set textContent(text) {
      const before = this.textContent;
      text = internal.text(text ?? "");
      this.#replace(text === "" ? [] : [new Text(text)], escape(added(before, text)));
    }

    #insert(node, child) {
      if (!internal.isObject(node) || !(#parent in node)) throw new TypeError("this is no node");
      // The body stays where it is.
      if (this.#is(node) || node === body) {
        throw new DOMException("the node contains its place", "HierarchyRequestError");
      }
      if (child !== null && (!internal.isObject(child) || !(#parent in child) || child.#parent !== this)) {
        throw new DOMException("the child is not here", "NotFoundError");
      }
      if (node === child) return node;
      node.#leave();
      const at = child === null ? this.#children.length : this.#children.indexOf(child);
      this.#children.splice(at, 0, node);
      node.#parent = this;
      if (this.#isShown()) internal.showMarkup(node.#markup());
      return node;
    }

    #replace(nodes, shown) {
      for (const child of this.#children) child.#parent = null;
      this.#children = nodes;
      for (const node of nodes) node.#parent = this;
      if (this.#isShown()) internal.showMarkup(shown);
    }

    #leave() {
      if (this.#parent === null) return;
      this.#parent.#children = this.#parent.#children.filter((other) => other !== this);
      this.#parent = null;
    }

    // Whether `ancestor` is this node or one above it.
    #is(ancestor) {
      for (let node = this; node !== null; node = node.#parent) if (node === ancestor) return true;
      return false;
    }

    #isShown() { return body !== null && this.#is(body); }

    #inner() { return this.#children.map((child) => child.#markup()).join(""); }

    #markup() {
      if (this instanceof Text) return escape(internal.data(this));
      if (this instanceof Markup) return internal.source(this);
      const name = internal.tagName(this);
      return `<${name}>${this.#inner()}</${name}>`;
    }

    static {
      internal.inner = (node) => node.#inner();
      internal.replace = (node, markup, shown) => node.#replace([new Markup(markup)], shown);
      internal.prepend = (node, child) => node.#insert(child, node.#children[0] ?? null);
    }
  }

  // What is new in `after`, which is all of it unless it only grew.
  const added = (before, after) => (after.startsWith(before) ? after.slice(before.length) : after);

  class Text extends Node {
    #data;
    constructor(data) {
      super();
      this.#data = data;
    }
    static { internal.data = (text) => text.#data; }
  }

  class Markup extends Node {
    #source;
    constructor(source) {
      super();
      this.#source = source;
    }
    static { internal.source = (markup) => markup.#source; }
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
      markup = internal.text(markup ?? "");
      internal.replace(this, markup, added(internal.inner(this), markup));
    }
    // It is shown where it is put: there is nothing to scroll.
    scrollIntoView() {}
    prepend(...nodes) {
      for (const node of nodes.reverse()) {
        internal.prepend(this, node instanceof Node ? node : new Text(internal.text(node)));
      }
    }

    static { internal.tagName = (element) => element.#name; }
  }

  internal.define(Node);
  internal.define(Element);
  internal.dom = { Node, Text, Element };
  internal.setBody = (element) => { body = element; };
}
