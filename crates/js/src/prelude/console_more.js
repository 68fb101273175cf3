// What of console most scripts do without: counts, timers, groups, tables. Owns how they look.
(host, internal) => {
  "use strict";

  const [, itemsMax, , namesMax, indentMax] = host.inspecting;
  const { getOwnPropertyDescriptor: describe, hasOwn } = Object;
  const { ownKeys } = Reflect;
  const methods = ["get", "set", "has", "delete"];
  const counts = internal.keep(new Map(), methods);
  const started = internal.keep(new Map(), methods);
  const size = internal.free(describe(Map.prototype, "size").get);
  const replaceAll = internal.free(String.prototype.replaceAll);
  const slice = internal.free(String.prototype.slice);
  const padEnd = internal.free(String.prototype.padEnd);
  const repeat = internal.free(String.prototype.repeat);
  const trimEnd = internal.free(String.prototype.trimEnd);
  const indexOf = internal.free(String.prototype.indexOf);
  const { say, format } = internal;

  internal.indented = (text) => {
    const { indent } = internal;
    return indent + replaceAll(text, "\n", "\n" + indent);
  };

  const label = (name) => (name === undefined ? "default" : String(name));
  const took = (name) => name + ": " + (internal.now() - started.get(name)) + " ms";
  // Whether `names` may have that one.
  const fits = (names, name) => names.has(name) || size(names) < namesMax;

  // The rows of a table: what is in `value`, and in that.
  const tableOf = (value) => {
    if (!internal.isObject(value)) return internal.shown(value, true);
    internal.begin();
    // What stands for the one column of a row that is no object.
    const whole = Symbol();
    const columns = [{ key: whole, title: "(index)", cells: [] }];
    const seen = { __proto__: null };
    const keys = ownKeys(value);
    let rows = 0;
    const write = (key, title, text) => {
      let column = seen[key];
      if (column === undefined) {
        if (columns.length > itemsMax) return;
        column = columns[columns.length] = { key, title, cells: [] };
        seen[key] = column;
      }
      column.cells[rows] = text;
    };
    for (let at = 0; at < keys.length && rows < itemsMax; at += 1) {
      const found = describe(value, keys[at]);
      if (found?.enumerable !== true) continue;
      columns[0].cells[rows] = String(keys[at]);
      const item = hasOwn(found, "value") ? found.value : undefined;
      if (internal.isObject(item) && typeof item !== "function") {
        const names = ownKeys(item);
        for (let name = 0; name < names.length; name += 1) {
          if (describe(item, names[name])?.enumerable !== true) continue;
          write(names[name], String(names[name]), internal.property(item, names[name]));
        }
      } else {
        write(whole, "Value", internal.property(value, keys[at]));
      }
      rows += 1;
    }
    return linesOf(columns, rows);
  };

  const linesOf = (columns, rows) => {
    const lines = ["", ""];
    for (let at = 0; at < columns.length; at += 1) {
      const { title, cells } = columns[at];
      let width = title.length;
      for (let row = 0; row < rows; row += 1) {
        cells[row] ??= "";
        if (cells[row].length > width) width = cells[row].length;
      }
      const fill = (cell) => (at > 0 ? " | " : "") + padEnd(cell, width);
      lines[0] += fill(title);
      lines[1] += (at > 0 ? "-+-" : "") + repeat("-", width);
      for (let row = 0; row < rows; row += 1) {
        lines[row + 2] = (lines[row + 2] ?? "") + fill(cells[row]);
      }
    }
    let text = trimEnd(lines[0]);
    for (let at = 1; at < lines.length; at += 1) text += "\n" + trimEnd(lines[at]);
    return text;
  };

  internal.more = {
    clear() {},
    count(name) {
      name = label(name);
      if (!fits(counts, name)) return;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      say("log", name + ": " + count);
    },
    countReset(name) {
      name = label(name);
      if (!counts.delete(name)) say("warn", `Count for '${name}' does not exist`);
    },
    dir(value) { say("log", internal.inspect(value)); },
    dirxml(...values) { say("log", format(values)); },
    group(...values) {
      if (values.length > 0) say("log", format(values));
      if (internal.indent.length < indentMax) internal.indent += "  ";
    },
    groupCollapsed(...values) { internal.apply(internal.more.group, internal.more, values); },
    groupEnd() { internal.indent = slice(internal.indent, 2); },
    table(value) {
      internal.bring("inspect");
      say("log", tableOf(value));
    },
    time(name) {
      name = label(name);
      if (started.has(name)) say("warn", `Timer '${name}' already exists`);
      else if (fits(started, name)) started.set(name, internal.now());
    },
    timeEnd(name) {
      internal.more.timeLog(name);
      started.delete(label(name));
    },
    timeLog(name, ...values) {
      name = label(name);
      if (!started.has(name)) say("warn", `Timer '${name}' does not exist`);
      else say("log", values.length === 0 ? took(name) : took(name) + " " + format(values));
    },
    trace(...values) {
      internal.bring("inspect");
      const stack = internal.stackOf(new Error());
      let text = values.length === 0 ? "console.trace" : format(values);
      for (let from = 0; from < stack.length;) {
        const end = indexOf(stack, "\n", from);
        const line = slice(stack, from, end < 0 ? stack.length : end);
        from += line.length + 1;
        // Without the frames of the console itself.
        if (line !== "" && indexOf(line, "(<null>:") < 0) text += "\n" + line;
      }
      say("log", text);
    },
  };
}
