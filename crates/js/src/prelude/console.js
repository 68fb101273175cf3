// console, as far as scripts for a terminal use it. Owns how values look. Writes nothing by itself.
(host, internal) => {
  "use strict";

  const DEPTH_MAX = 3;

  internal.inspect = (value, depth = 0) => {
    if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "function") return `[Function: ${value.name || "(anonymous)"}]`;
    if (typeof value !== "object" || value === null) return String(value);
    if (value instanceof Error || value instanceof DOMException) return internal.describe(value);
    if (depth >= DEPTH_MAX) return Array.isArray(value) ? "[Array]" : "[Object]";
    const inner = (item) => internal.inspect(item, depth + 1);
    if (Array.isArray(value)) return `[${value.map(inner).join(", ")}]`;
    if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength})`;
    if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength})`;
    const name = value.constructor?.name;
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${inner(item)}`);
    const shown = entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
    return name === undefined || name === "Object" ? shown : `${name} ${shown}`;
  };

  const writer = (level) => (...values) => {
    let line = "";
    for (let at = 0; at < values.length; at += 1) {
      line += (at > 0 ? " " : "") + internal.inspect(values[at]);
    }
    host.print(level, line);
  };
  const console = {};
  for (const level of ["debug", "log", "info", "warn", "error"]) console[level] = writer(level);
  console.assert = (condition, ...values) => {
    if (!condition) console.error("Assertion failed:", ...values);
  };
  internal.expose({ console });
}
