// What of console most scripts do without: counts, timers, groups, tables. Owns how they look.
(host, internal) => {
  "use strict";

  const [, itemsMax, , namesMax, indentMax] = host.inspecting;
  const { getOwnPropertyDescriptor: describe } = Object;
  const methods = ["get", "set", "has", "delete"];
  const counts = internal.keep(new Map(), methods);
  const started = internal.keep(new Map(), methods);
  const size = internal.free(describe(Map.prototype, "size").get);
  const replaceAll = internal.free(String.prototype.replaceAll);
  const slice = internal.free(String.prototype.slice);
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
    const columns = new Map();
    columns.set("(index)", "(index)");
    const rows = [];
    const keys = Reflect.ownKeys(value);
    for (let at = 0; at < keys.length && rows.length < itemsMax; at += 1) {
      if (describe(value, keys[at])?.enumerable !== true) continue;
      const row = new Map();
      row.set("(index)", String(keys[at]));
      const item = describe(value, keys[at]).value;
      const isRow = internal.isObject(item) && typeof item !== "function";
      for (const key of isRow ? Reflect.ownKeys(item) : []) {
        if (describe(item, key)?.enumerable !== true || columns.size > itemsMax) continue;
        columns.set(key, String(key));
        row.set(key, internal.property(item, key));
      }
      if (!isRow) row.set(rows, internal.property(value, keys[at]));
      if (!isRow) columns.set(rows, "Value");
      rows[rows.length] = row;
    }
    return lines(columns, rows);
  };

  const lines = (columns, rows) => {
    const texts = ["", ""];
    columns.forEach((title, key) => {
      const cells = rows.map((row) => row.get(key) ?? "");
      const width = Math.max(title.length, ...cells.map((cell) => cell.length));
      const between = texts[0] === "" ? "" : " | ";
      const fill = (cell) => cell.padEnd(width);
      texts[0] += between + fill(title);
      texts[1] += (between === "" ? "" : "-+-") + "-".repeat(width);
      cells.forEach((cell, row) => {
        texts[row + 2] = (texts[row + 2] ?? "") + between + fill(cell);
      });
    });
    return texts.map((text) => text.trimEnd()).join("\n");
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
      // Without the frames of the console itself.
      const own = (line) => line !== "" && !line.includes("(sockeye:");
      const frames = new Error().stack.split("\n").filter(own);
      say("log", [values.length === 0 ? "console.trace" : format(values), ...frames].join("\n"));
    },
  };
}
