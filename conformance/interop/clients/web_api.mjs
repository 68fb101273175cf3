// The checks over the WebSocket object of the Web: the same for undici and for a browser's page.

import { BINARIES, BURST, Checks, TAKEOVER_TEXT, TEXTS, equal } from "../lib/checks.mjs";

// Opens a connection; its messages, and then its close event, come from `next`.
async function connect(WebSocket, url, protocols = []) {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const arrived = [];
  const waiting = [];
  const arrive = (event) => (waiting.length ? waiting.shift()(event) : arrived.push(event));
  socket.addEventListener("message", arrive);
  socket.addEventListener("close", arrive);
  const next = () =>
    arrived.length ? Promise.resolve(arrived.shift()) : new Promise((done) => waiting.push(done));
  await new Promise((done, fail) => {
    socket.addEventListener("open", done);
    socket.addEventListener("error", () => fail(new Error("cannot connect")));
  });
  return { socket, next };
}

async function echoes(connection, what, data) {
  connection.socket.send(data);
  const event = await connection.next();
  equal(`${what}: the kind of event`, event.type, "message");
  const echo = typeof event.data === "string" ? event.data : new Uint8Array(event.data);
  equal(what, echo, data);
}

async function closes(connection, code, reason) {
  connection.socket.close(code, reason);
  const event = await connection.next();
  equal("the kind of event", event.type, "close");
  equal("wasClean", event.wasClean, true);
  equal("the close code", event.code, code);
}

export async function runChecks(WebSocket, url, say) {
  const checks = new Checks(say);
  const on = (name, path, body) =>
    checks.check(name, async () => {
      const connection = await connect(WebSocket, url + path);
      await body(connection);
      if (connection.socket.readyState !== 3) await closes(connection, 1000, "done");
    });

  await on("text", "/text", async (connection) => {
    for (const [name, text] of TEXTS) await echoes(connection, name, text);
  });
  await on("binary", "/binary", async (connection) => {
    for (const [name, binary] of BINARIES) await echoes(connection, name, binary);
  });
  await on("burst in order", "/burst", async (connection) => {
    for (const text of BURST) connection.socket.send(text);
    for (const text of BURST) equal("burst", (await connection.next()).data, text);
  });
  await on("equal messages", "/takeover", async (connection) => {
    checks.agreed(connection.socket.extensions);
    for (const nth of ["first", "second", "third"]) await echoes(connection, nth, TAKEOVER_TEXT);
  });
  await on("close with code and reason", "/close", (connection) =>
    closes(connection, 4001, "enough – genug"),
  );
  await on("close without code", "/close-empty", async (connection) => {
    connection.socket.close();
    const event = await connection.next();
    equal("wasClean", event.wasClean, true);
    equal("the close code", event.code, 1005);
  });
}

// Not for undici, which inflates beside its reading: the end of the connection may overtake the
// Close frame that came before it, and is then not clean.
export async function runCloseBehindMessage(WebSocket, url, say) {
  await new Checks(say).check("close behind a large message", async () => {
    const connection = await connect(WebSocket, `${url}/close-behind`);
    const [, text] = TEXTS.at(-1);
    connection.socket.send(text);
    // What arrives from now on is not handed to the page, but the close must still be clean.
    await closes(connection, 1000, "done");
  });
}
