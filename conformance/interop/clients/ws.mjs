// ws.mjs URL: node's ws, which can also send what a page cannot: fragments, pings, invalid text.

import { once } from "node:events";
import { WebSocket } from "ws";
import { BINARIES, BURST, Checks, TAKEOVER_TEXT, TEXTS, equal } from "../lib/checks.mjs";

const url = process.argv[2];
const checks = new Checks((line) => console.log(line));

// Opens a connection; `next(event)` gives the arguments of each event of that name, in order, and
// fails when the connection has ended instead.
async function connect(path, protocols = [], options = {}) {
  const socket = new WebSocket(url + path, protocols, options);
  const arrived = { message: [], pong: [], close: [] };
  const waiting = { message: [], pong: [], close: [] };
  for (const name of Object.keys(arrived)) {
    socket.on(name, (...event) => {
      const taker = waiting[name].shift();
      if (taker) taker.done(event);
      else arrived[name].push(event);
    });
  }
  socket.on("close", (code) => {
    const ended = new Error(`the connection was closed with ${code}`);
    for (const { fail } of [...waiting.message, ...waiting.pong]) fail(ended);
  });
  const next = (name) =>
    arrived[name].length
      ? Promise.resolve(arrived[name].shift())
      : new Promise((done, fail) => waiting[name].push({ done, fail }));
  // The socket itself has only the names of the extensions.
  let extensions = "";
  socket.on("upgrade", ({ headers }) => {
    extensions = headers["sec-websocket-extensions"] ?? "";
  });
  await once(socket, "open");
  // A fault shows in the close code; unheard it would end the whole program.
  socket.on("error", () => {});
  return { socket, next, extensions };
}

async function comesBack(connection, what, data) {
  const [echo, binary] = await connection.next("message");
  equal(`${what}: binary`, binary, typeof data !== "string");
  equal(what, binary ? new Uint8Array(echo) : echo.toString(), data);
}

async function closes(connection, code, reason) {
  connection.socket.close(code, reason);
  const [seen] = await connection.next("close");
  equal("the close code", seen, code);
}

const on = (name, path, body) =>
  checks.check(name, async () => {
    const connection = await connect(path);
    await body(connection);
    if (connection.socket.readyState !== WebSocket.CLOSED) await closes(connection, 1000, "done");
  });

await on("text", "/text", async (connection) => {
  for (const [name, text] of TEXTS) {
    connection.socket.send(text);
    await comesBack(connection, name, text);
  }
});
await on("binary", "/binary", async (connection) => {
  for (const [name, binary] of BINARIES) {
    connection.socket.send(binary);
    await comesBack(connection, name, binary);
  }
});
await on("burst in order", "/burst", async (connection) => {
  for (const text of BURST) connection.socket.send(text);
  for (const text of BURST) await comesBack(connection, "burst", text);
});
await on("equal messages", "/takeover", async (connection) => {
  checks.agreed(connection.extensions);
  for (const nth of ["first", "second", "third"]) {
    connection.socket.send(TAKEOVER_TEXT);
    await comesBack(connection, nth, TAKEOVER_TEXT);
  }
});
await on("fragments with a ping between", "/fragments", async (connection) => {
  const [, text] = TEXTS.at(-1);
  const middle = text.length / 2 + 1;
  connection.socket.send(text.slice(0, middle), { fin: false });
  connection.socket.ping("between");
  connection.socket.send(text.slice(middle, middle + 10), { fin: false });
  connection.socket.send("", { fin: false });
  connection.socket.send(text.slice(middle + 10), { fin: true });
  const [payload] = await connection.next("pong");
  equal("the pong", payload.toString(), "between");
  await comesBack(connection, "fragments", text);
});
await on("ping", "/ping", async (connection) => {
  for (const payload of ["", "ping", "p".repeat(125)]) {
    connection.socket.ping(payload);
    const [answer] = await connection.next("pong");
    equal("the pong", answer.toString(), payload);
  }
});
await on("close with code and reason", "/close", (connection) =>
  closes(connection, 4001, "enough – genug"),
);
await on("close without code", "/close-empty", async (connection) => {
  connection.socket.close();
  const [code] = await connection.next("close");
  equal("the close code", code, 1005);
});
await on("text that is not UTF-8 is refused", "/invalid", async (connection) => {
  connection.socket.send(Buffer.from([0x61, 0xf5, 0x62]), { binary: false });
  const [code] = await connection.next("close");
  equal("the close code", code, 1007);
});
await checks.check("subprotocols offered", async () => {
  const connection = await connect("/subprotocol", ["one", "two"]);
  equal("the first of the offered", connection.socket.protocol, "one");
  await closes(connection, 1000, "done");
});
await checks.check("another version is refused", async () => {
  const socket = new WebSocket(`${url}/version`, [], { protocolVersion: 8 });
  const [, response] = await once(socket, "unexpected-response");
  equal("the status", response.statusCode, 426);
  equal("the version to use", response.headers["sec-websocket-version"], "13");
  socket.on("error", () => {});
  socket.terminate();
});

// A check that hung has left its connection open.
process.exit();
