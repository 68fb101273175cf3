// How values look in a terminal, and what the console's format strings make of them. Owns that
// nothing it looks at runs or throws, but the words of errors: getters are told, not asked. Writes
// nothing. Texts are put
// together with `+`, as the engine calls `concat` for a template, which scripts may replace.
(host, internal) => {
  "use strict";

  internal.bring("error_texts");
  const [depthMax, itemsMax, lenMax] = host.inspecting;
  const { getOwnPropertyDescriptor: describe, getPrototypeOf, hasOwn, is } = Object;
  const { ownKeys } = Reflect;
  const { isArray, isView } = internal;
  const { stringify } = JSON;
  const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
  const CLASS = /^class\b/;
  const { free } = internal;
  const getter = (prototype, name) => free(describe(prototype, name).get);
  const match = free(RegExp.prototype.exec);
  const sourceOf = free(Function.prototype.toString);
  const kindOf = getter(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
  const lengthOf = getter(getPrototypeOf(Uint8Array.prototype), "length");
  const bytesOf = getter(ArrayBuffer.prototype, "byteLength");
  const mapEach = free(Map.prototype.forEach);
  const setEach = free(Set.prototype.forEach);
  const time = free(Date.prototype.getTime);
  const iso = free(Date.prototype.toISOString);
  const source = getter(RegExp.prototype, "source");
  // Not its `flags`, which ask others.
  const FLAGS = [
    ["d", "hasIndices"], ["g", "global"], ["i", "ignoreCase"], ["m", "multiline"], ["s", "dotAll"],
    ["u", "unicode"], ["v", "unicodeSets"], ["y", "sticky"],
  ].map(([letter, name]) => ({ letter, isSet: getter(RegExp.prototype, name) }));
  const { parseInt, parseFloat } = globalThis;

  // What an object has inside, or undefined if it is of another kind.
  const inside = (get) => (value) => {
    try {
      return get(value);
    } catch {
      return undefined;
    }
  };
  const probe = {
    pairs: inside((value) => {
      const list = [];
      mapEach(value, (item, key) => { list[list.length] = [key, item]; });
      return list;
    }),
    items: inside((value) => {
      const list = [];
      setEach(value, (item) => { list[list.length] = item; });
      return list;
    }),
    date: inside((value) => (is(time(value), NaN) ? "Invalid Date" : iso(value))),
    regExp: inside((value) => {
      let flags = "";
      for (let at = 0; at < FLAGS.length; at += 1) {
        if (FLAGS[at].isSet(value)) flags += FLAGS[at].letter;
      }
      return value === RegExp.prototype ? undefined : "/" + source(value) + "/" + flags;
    }),
    byteLength: inside(bytesOf),
  };

  // Characters that may still be written of this value.
  let left = 0;

  const quoted = (text) => stringify(text);

  // What `name` of an object is without asking anybody.
  const still = (object, name) => {
    for (let at = object; at !== null; at = getPrototypeOf(at)) {
      const found = describe(at, name);
      if (found !== undefined) return hasOwn(found, "value") ? found.value : undefined;
    }
    return undefined;
  };

  const nameOf = (value) => {
    const kind = still(value, "constructor");
    const name = typeof kind === "function" ? still(kind, "name") : undefined;
    return typeof name === "string" ? name : "";
  };

  const functionText = (value) => {
    const name = still(value, "name");
    const shown = typeof name === "string" && name !== "" ? name : "(anonymous)";
    const isClass = match(CLASS, sourceOf(value)) !== null;
    return isClass ? "[class " + shown + "]" : "[Function: " + shown + "]";
  };

  const simple = (value) => {
    switch (typeof value) {
      case "string": return quoted(value);
      case "bigint": return value + "n";
      case "symbol": return String(value);
      case "function": return functionText(value);
      default: return is(value, -0) ? "-0" : String(value);
    }
  };

  const between = (open, parts, close) => {
    if (parts.length === 0) return open + close;
    const isTight = open[open.length - 1] === "[";
    const space = isTight ? "" : " ";
    let inner = parts[0];
    for (let at = 1; at < parts.length; at += 1) inner += ", " + parts[at];
    return open + space + inner + space + close;
  };

  // Up to so many of `count` things.
  const some = (count, show) => {
    const parts = [];
    for (let at = 0; at < count && parts.length < itemsMax && left > 0; at += 1) {
      const part = show(at);
      left -= part.length;
      parts[parts.length] = part;
    }
    const rest = count - parts.length;
    if (rest > 0) parts[parts.length] = "... " + rest + " more";
    return parts;
  };

  const property = (object, key, inner) => {
    const found = describe(object, key);
    if (found === undefined) return "empty";
    if (hasOwn(found, "value")) return inner(found.value);
    if (found.get === undefined) return "[Setter]";
    return found.set === undefined ? "[Getter]" : "[Getter/Setter]";
  };

  const properties = (value, inner, skips = () => false) => {
    const all = ownKeys(value);
    const keys = [];
    for (let at = 0; at < all.length; at += 1) {
      const isShown = !skips(all[at]) && describe(value, all[at])?.enumerable === true;
      if (isShown) keys[keys.length] = all[at];
    }
    return some(keys.length, (at) => {
      const key = keys[at];
      const isPlain = typeof key === "string" && match(IDENTIFIER, key) !== null;
      const shown = typeof key === "symbol" ? "[" + String(key) + "]" : isPlain ? key : quoted(key);
      return shown + ": " + property(value, key, inner);
    });
  };

  const INDEX = /^(?:0|[1-9]\d*)$/;
  const isIndex = (key) => typeof key === "string" && match(INDEX, key) !== null;

  const list = (value, inner) => {
    const parts = some(value.length, (at) => property(value, at, inner));
    const rest = properties(value, inner, isIndex);
    for (let at = 0; at < rest.length; at += 1) parts[parts.length] = rest[at];
    const name = nameOf(value);
    return between(name === "Array" ? "[" : name + "(" + value.length + ") [", parts, "]");
  };

  const collection = (value, inner) => {
    const pairs = probe.pairs(value);
    if (pairs !== undefined) {
      const parts = some(pairs.length, (at) => inner(pairs[at][0]) + " => " + inner(pairs[at][1]));
      return between("Map(" + pairs.length + ") {", parts, "}");
    }
    const items = probe.items(value);
    if (items === undefined) return undefined;
    const parts = some(items.length, (at) => inner(items[at]));
    return between("Set(" + items.length + ") {", parts, "}");
  };

  const special = (value, inner) => {
    if (internal.isError(value)) return internal.describe(value);
    if (isView(value) && kindOf(value) !== undefined) {
      const length = lengthOf(value);
      const parts = some(length, (at) => simple(value[at]));
      return between(nameOf(value) + "(" + length + ") [", parts, "]");
    }
    const size = probe.byteLength(value);
    if (size !== undefined) return nameOf(value) + "(" + size + ")";
    const text = probe.date(value) ?? probe.regExp(value);
    return text ?? collection(value, inner);
  };

  const object = (value, above) => {
    for (let at = above; at !== null; at = at.above) if (at.value === value) return "[Circular]";
    const isList = isArray(value);
    const depth = above === null ? 0 : above.depth + 1;
    const inner = (item) => look(item, { value, depth, above });
    const found = special(value, inner);
    let shown = found;
    if (found === undefined && depth >= depthMax) {
      shown = isList ? "[Array]" : "[Object]";
    } else if (found === undefined && isList) {
      shown = list(value, inner);
    } else if (found === undefined) {
      const name = nameOf(value);
      const open = name === "Object" || name === "" ? "{" : name + " {";
      shown = between(open, properties(value, inner), "}");
    }
    return shown;
  };

  function look(value, above) {
    if (!internal.isObject(value) || typeof value === "function") return simple(value);
    if (left <= 0) return "...";
    return object(value, above);
  }

  const shown = internal.shown = (value, isText = false) => {
    if (isText && typeof value === "string") return value;
    left = lenMax;
    try {
      return look(value, null);
    } catch {
      // A proxy's trap, or no stack left.
      return "[a value that throws when it is looked at]";
    }
  };

  const number = (value, parse) => {
    if (typeof value === "symbol") return "NaN";
    if (internal.isObject(value)) return "NaN";
    return typeof value === "bigint" ? value + "n" : String(parse(value));
  };

  // What stands for a specifier, or undefined if it is none.
  const specified = (letter, value) => {
    switch (letter) {
      case "s": return internal.isObject(value) || is(value, -0)
        ? shown(value) : String(value);
      case "d": case "i": return number(value, parseInt);
      case "f": return number(value, parseFloat);
      case "o": case "O": return shown(value);
      case "c": return "";
      default: return undefined;
    }
  };

  internal.formatAll = (values) => {
    let next = 0;
    let text = "";
    if (typeof values[0] === "string" && values.length > 1) {
      const format = values[0];
      next = 1;
      for (let at = 0; at < format.length; at += 1) {
        const letter = format[at + 1];
        const isSpecifier = format[at] === "%" && letter !== undefined;
        const part = !isSpecifier ? undefined : letter === "%" ? "%"
          : next < values.length ? specified(letter, values[next]) : undefined;
        if (part === undefined) {
          text += format[at];
        } else {
          text += part;
          if (letter !== "%") next += 1;
          at += 1;
        }
      }
    }
    for (let at = next; at < values.length; at += 1) {
      text += (at > 0 ? " " : "") + shown(values[at], true);
    }
    return text;
  };

  internal.property = (object, key) => property(object, key, (item) => look(item, null));
  internal.begin = () => { left = lenMax; };
}
