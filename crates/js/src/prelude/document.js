// The document of a page that has no HTML: what a script asks for by name is there. Owns which
// element a line of the input goes into, and what it sets off. Reads no input by itself.
(host, internal) => {
  "use strict";

  internal.bring("node");
  const { Element, Text } = internal.dom;
  const { find, replaced } = internal;
  const { setPrototypeOf } = Object;
  const { get } = Reflect;
  const exec = internal.free(RegExp.prototype.exec);
  const lower = internal.free(String.prototype.toLowerCase);
  const NAME = /^[a-z][a-z0-9-]*$/;
  const LINE_ENDS = /[\n\r]/g;
  const write = (texts) => {
    let markup = "";
    for (let at = 0; at < texts.length; at += 1) markup += internal.text(texts[at]);
    internal.showMarkup(markup);
  };
  // Those that were asked for, in that order.
  const asked = [];
  // A line that no element has taken yet.
  let waiting = null;
  let isLossTold = false;
  let isElement;

  class HTMLElement extends Element {
    #value = ""; #isInput = false; #frame = null;

    focus() {}
    get value() {
      if (waiting !== null) {
        this.#value = waiting;
        waiting = null;
      }
      this.#isInput = true;
      return this.#value;
    }
    set value(text) {
      this.#isInput = true;
      text = text === null ? "" : internal.text(text);
      const isOneLine = internal.tagName(this) !== "textarea";
      this.#value = isOneLine ? replaced(text, LINE_ENDS, () => "") : text;
    }
    get contentDocument() { return this.#inside().document; }
    get contentWindow() { return this.#inside().window; }

    #inside() {
      this.#frame ??= { document: new FrameDocument(), window: new FrameWindow() };
      return this.#frame;
    }

    static {
      isElement = (value) => #isInput in value;
      internal.isInput = (element) => element.#isInput || internal.has(element, "change");
      internal.setValue = (element, text) => { element.#value = text; };
    }
  }

  class HTMLFormElement extends HTMLElement {
    #controls = { __proto__: null };
    static {
      internal.control = (form, name) =>
        named(form.#controls, name, () => new HTMLElement("input"));
    }
  }

  class FrameDocument {
    write(...texts) { write(texts); }
  }

  class FrameWindow {
    // What is written is at the end of the terminal: there is nothing to scroll.
    scrollByPages() {}
  }

  const named = (known, name, make) => {
    if (known[name] === undefined) {
      const element = known[name] = make();
      asked[asked.length] = element;
      host.wantInput();
    }
    return known[name];
  };

  // A form's controls are its properties. Behind its prototype, so that the form itself is no
  // proxy.
  const withControls = new Proxy(HTMLFormElement.prototype, {
    get(prototype, key, form) {
      if (typeof key === "symbol" || key in prototype) return get(prototype, key, form);
      return internal.control(form, key);
    },
  });

  const body = new HTMLElement("body");
  internal.setBody(body);
  const placed = (element) => {
    // Without content there is nothing to show.
    internal.append(body, element);
    return element;
  };

  const byId = { __proto__: null };
  const elementOf = (id) => named(byId, id, () => placed(new HTMLElement("div")));
  const byName = { __proto__: null };
  const forms = new Proxy({ __proto__: null }, {
    get(_, key) {
      if (typeof key === "symbol") return undefined;
      return named(byName, key, () => {
        const form = placed(new HTMLFormElement("form"));
        setPrototypeOf(form, withControls);
        return form;
      });
    },
  });

  class Document extends EventTarget {
    get body() { return body; }
    get forms() { return forms; }
    get readyState() {
      // What tells the end of it is there until then.
      if (internal.load === undefined) return "complete";
      return internal.load === null ? "interactive" : "loading";
    }
    getElementById(id) {
      internal.need(arguments, 1, "getElementById");
      return elementOf(internal.text(id));
    }
    createElement(name) {
      internal.need(arguments, 1, "createElement");
      name = lower(internal.text(name));
      if (exec(NAME, name) === null) {
        throw new DOMException("this is no name of an element", "InvalidCharacterError");
      }
      return new HTMLElement(name);
    }
    createTextNode(text) {
      internal.need(arguments, 1, "createTextNode");
      return new Text(internal.text(text));
    }
    write(...texts) { write(texts); }
  }

  for (const type of ["change", "click", "submit"]) {
    internal.handler(HTMLElement.prototype, type, isElement);
  }
  internal.define(HTMLElement);
  internal.define(HTMLFormElement);
  internal.define(FrameDocument);
  internal.define(FrameWindow);
  internal.define(Document);
  internal.document = new Document();

  const tellLoss = () => {
    if (!isLossTold) host.print("warn", "A line of the input is lost: the page has no text input");
    isLossTold = true;
  };

  // A line is typed into the first text input...
  internal.line = (text) => {
    const input = find(asked, internal.isInput);
    if (input === undefined) {
      // Which one it is shows when the form's listener asks for its value.
      waiting = text;
    } else {
      internal.setValue(input, text);
      internal.fire(input, new Event("change", { __proto__: null, bubbles: true }));
    }
  };

  // ...and Enter submits the form.
  internal.submit = () => {
    const form = find(asked, (element) => internal.has(element, "submit"));
    if (form !== undefined) {
      const event = new Event("submit", { __proto__: null, bubbles: true, cancelable: true });
      internal.fire(form, event);
      if (!event.defaultPrevented) {
        host.print("warn", "The submit was not prevented: a browser would leave the page");
      }
    }
    if (waiting !== null) tellLoss();
    waiting = null;
  };

  // Whether somebody hears what a line sets off, or a click on the element of that name.
  internal.isHeard = (id) => {
    const hears = (element) => internal.has(element, "change") || internal.has(element, "submit");
    if (find(asked, hears) !== undefined) return true;
    return id !== undefined && byId[id] !== undefined && internal.has(byId[id], "click");
  };

  internal.hasElement = (id) => byId[id] !== undefined;
  // Clicks the element that the host names.
  internal.click = (id) => {
    if (!internal.hasElement(id)) return;
    const event = new Event("click", { __proto__: null, bubbles: true, cancelable: true });
    internal.fire(elementOf(id), event);
  };
}
