// A conversation with an echo server, whose URL is `echo`: the order of events, and the socket in
// each of them.
const ws = new WebSocket(echo);
const say = (...values) => console.log(...values);
say("made", ws.readyState, ws.url === echo, ws.bufferedAmount, ws.binaryType, ws.extensions === "");
Promise.resolve().then(() => say("microtask"));
let count = 0;
const texts = [];

ws.onopen = function (event) {
  say("open", this === ws, event.target === ws, event.currentTarget === ws, event.eventPhase);
  say(event.bubbles, event.cancelable, event.isTrusted, event.constructor.name, ws.readyState);
  ws.send("h\u00e9llo");
  say("buffered", ws.bufferedAmount);
  ws.send("\ud800\u{1f600}");
  ws.send(new Uint8Array([1, 2, 3]).subarray(1));
  ws.send(new Blob(["blob", new Uint8Array([33])]));
  ws.send(new ArrayBuffer(4));
  ws.send(new DataView(new ArrayBuffer(9), 4, 2));
  ws.send(12.5);
  ws.send(null);
  ws.send({});
  say("buffered", ws.bufferedAmount);
};
ws.addEventListener("open", () => say("listener"));
ws.addEventListener("open", { handleEvent(event) { say("object", this !== ws, event.type); } });

ws.onmessage = (event) => {
  count += 1;
  const { data } = event;
  const number = count;
  if (count === 4) ws.binaryType = "arraybuffer";
  const text = typeof data === "string" ? JSON.stringify(data)
    : data instanceof Blob ? `blob ${data.size} ${JSON.stringify(data.type)}`
    : `buffer ${data.byteLength}`;
  say("message", number, text, event.origin === new RegExp("^ws://[^/]*").exec(echo)[0]);
  say(event.lastEventId === "", event.source, event.ports.length, event.isTrusted);
  // When a blob is read is the browser's business, so what it says is said at the end.
  if (data instanceof Blob) texts.push(data.text());
  if (number === 9) {
    ws.close(3456, "r\u00e9ason");
    say("closing", ws.readyState);
    ws.send("after close");
    say("buffered", ws.bufferedAmount);
    ws.close();
    ws.close(1000, "again");
  }
};
ws.onerror = () => say("error");
ws.onclose = (event) => {
  say("close", event.code, event.reason, event.wasClean, ws.readyState, ws.bufferedAmount);
  ws.send("after the end");
  say("buffered", ws.bufferedAmount);
  Promise.all(texts).then((all) => say("texts", JSON.stringify(all)));
};
