// Node's ws as a client whose messages and end are waited for, one after the other. Owns nothing of
// what is said.

import { createRequire } from "node:module";

const { WebSocket } = createRequire(new URL("../package.json", import.meta.url))("ws");

// Opens a connection to `url`; fails with what the opening failed with. `next` gives what comes next,
// `data` of a message (text, or a Buffer) or the `code` and `reason` of the end; `message` gives the
// data, and fails at the end.
export async function connect(url, protocols = [], options = {}) {
  const socket = new WebSocket(url, protocols, options);
  const arrived = [];
  let wake = () => {};
  const put = (event) => {
    arrived.push(event);
    wake();
  };
  socket.on("message", (data, isBinary) => put({ data: isBinary ? data : data.toString() }));
  socket.on("close", (code, reason) => put({ code, reason: reason.toString() }));
  await new Promise((done, fail) => {
    socket.on("open", done);
    socket.on("error", fail);
  });
  const next = async () => {
    while (!arrived.length) await new Promise((done) => (wake = done));
    return arrived.shift();
  };
  const message = async () => {
    const { data, code, reason } = await next();
    if (data === undefined) throw new Error(`closed with ${code} ${reason}`);
    return data;
  };
  return { socket, next, message, say: (what) => socket.send(what), end: () => socket.close() };
}

// The same to a chat that speaks JSON: `tell` sends an object, and `until` waits for one of that type
// for which `is` holds.
export async function connectJson(url, protocols = ["json"], options = {}) {
  const client = await connect(url, protocols, options);
  client.tell = (what) => client.say(JSON.stringify(what));
  client.until = async (type, is = () => true) => {
    for (;;) {
      const message = JSON.parse(await client.message());
      if (message.type === type && is(message)) return message;
    }
  };
  return client;
}
