// Connections that fail, one after the other: what fires, and the socket in it. `refused` is the URL
// of a port where nobody listens, `echo` that of an echo server.
const attempts = [
  ["bad port", () => new WebSocket("ws://127.0.0.1:25/")],
  ["refused", () => new WebSocket(refused)],
  ["no WebSocket there", () => new WebSocket(echo.replace("echo", "nothing-here"))],
  ["closed at once", () => {
    const ws = new WebSocket(echo);
    ws.close();
    console.log("closing", ws.readyState);
    ws.send("counts");
    console.log("buffered", ws.bufferedAmount);
    return ws;
  }],
  ["closed with a code", () => {
    const ws = new WebSocket(echo);
    ws.close(3000, "never mind");
    return ws;
  }],
];

function next() {
  const attempt = attempts.shift();
  if (attempt === undefined) return;
  const [name, open] = attempt;
  console.log(name);
  const ws = open();
  console.log("state", ws.readyState);
  for (const type of ["open", "message", "error", "close"]) {
    ws.addEventListener(type, (event) => {
      console.log(event.type, event.constructor.name, ws.readyState, event.bubbles, event.cancelable);
      if (type !== "close") return;
      console.log(event.code, JSON.stringify(event.reason), event.wasClean);
      setTimeout(next, 0);
    });
  }
}
next();
