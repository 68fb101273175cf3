// What the constructor, `close` and `send` make of their arguments. Nothing here reaches a server:
// each URL that could be opened is that of a port that may not be.
const told = (call) => {
  try {
    return call();
  } catch (error) {
    return `${error.constructor.name} ${error.name} ${error.code}`;
  }
};
const PORT = 25;

for (const url of [
  "ws://a:25", "wss://a:25/b?c", "http://a:25/", "https://a:25", "WS://A:25/%zz", "ws://a:25/#",
  "ws://a:25/#b", "ws://a:25/ b", "  ws://a:25/\n", "ws://u:p@a:25/", "ws:///a:25", "ws:a:25",
  "ws:\\\\a:25\\b", "ws://[::1]:25/", "ws://0x7f.1:25/", "ws://b\u00fccher.example:25/\u00fc?\u00fc",
  "ws://a:65536/", "ws://a:-1/", "ws://", "ftp://a:25/", "about:blank",
  "ws://a:25/../b/./c",
  "ws://a:25/\ud800", "ws://%61:25/", "ws://a%00:25/", "javascript:1", "ws://a:25/?#", "ws://a:025/",
]) {
  console.log(JSON.stringify(url), told(() => new WebSocket(url).url));
}

const open = (...protocols) => new WebSocket(`ws://a:${PORT}/`, ...protocols).protocol === "";
for (const [name, protocols] of Object.entries({
  none: [], undefined: [undefined], null: [null], empty: [""], emptyList: [[]], one: ["a"],
  list: [["a", "b"]], twice: [["a", "a"]], otherCase: [["a", "A"]], space: ["a b"], comma: ["a,b"],
  nested: [[["a"]]], number: [[1, 2]], set: [new Set(["a", "b"])], object: [{}], latin: ["\u00e9"],
  tab: ["a\t"], surrogate: ["\ud800"], surrogateInList: [["ok", "a\udc00"]], separators: [["a/b"]], bang: [["!#$%&'*+-.^_`|~"]], colon: ["a:b"], quote: ['"'],
  symbol: [[Symbol("a")]], toString: [{ toString: () => "a" }], emptyInList: [["a", ""]],
})) {
  console.log(name, told(() => open(...protocols)));
}

for (const code of [
  undefined, null, 0, -1, 999, 1000, 1000.5, 1001, 1005, 1006, 1011, 2999, 3000, 4999, 5000,
  65536 + 1000, 1e20, NaN, Infinity, "1000", "x", true, { valueOf: () => 3000 }, [3001], 1000n,
]) {
  const ws = new WebSocket(`ws://a:${PORT}/`);
  console.log(typeof code, String(code), told(() => String(ws.close(code))), ws.readyState);
}
for (const reason of [
  undefined, null, "", "a".repeat(123), "a".repeat(124), "\u00e9".repeat(61), "\u00e9".repeat(62),
  "\ud800".repeat(41), "\ud800".repeat(42), { toString: () => "a" }, Symbol("a"),
]) {
  const ws = new WebSocket(`ws://a:${PORT}/`);
  console.log(typeof reason, told(() => String(ws.close(1000, reason))), ws.readyState);
}
{
  const ws = new WebSocket(`ws://a:${PORT}/`);
  console.log(told(() => ws.close(1, "a".repeat(124))));
  console.log(told(() => ws.send("a")), told(() => ws.send()), told(() => new WebSocket()));
  console.log(told(() => WebSocket("ws://a:25/")), told(() => WebSocket.prototype.url));
  console.log(told(() => WebSocket.prototype.send.call({}, "a")));
  ws.binaryType = "arraybuffer";
  ws.binaryType = "x";
  console.log(ws.binaryType, told(() => { ws.binaryType = Symbol("a"); }));
  WebSocket.OPEN = 7;
  ws.readyState = 7;
  console.log(WebSocket.OPEN, ws.OPEN, ws.readyState, delete WebSocket.CLOSED);
}
