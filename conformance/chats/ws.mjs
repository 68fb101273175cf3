// ws.mjs ADDRESS: node's ws as the client of each chat. Says what came of each check.

import { createRequire } from "node:module";
import { Checks, equal } from "../interop/lib/checks.mjs";

// The packages of the other suite.
const { WebSocket } = createRequire(new URL("../interop/package.json", import.meta.url))("ws");

const url = `ws://${process.argv[2]}`;
const checks = new Checks((line) => console.log(line));

// Opens a connection whose messages and end can be waited for, one after the other.
async function connect(path, protocols = []) {
  const socket = new WebSocket(url + path, protocols);
  const arrived = [];
  let wake = () => {};
  const put = (event) => {
    arrived.push(event);
    wake();
  };
  socket.on("message", (data) => put({ text: data.toString() }));
  socket.on("close", (code, reason) => put({ code, reason: reason.toString() }));
  await new Promise((done, fail) => {
    socket.on("open", done);
    socket.on("error", fail);
  });
  const next = async () => {
    while (!arrived.length) await new Promise((done) => (wake = done));
    return arrived.shift();
  };
  const text = async () => {
    const event = await next();
    if (event.text === undefined) throw new Error(`closed with ${event.code} ${event.reason}`);
    return event.text;
  };
  return { socket, next, text, say: (what) => socket.send(what) };
}

// Says something and waits until it is back: then the client is sure to be in its room.
async function enter(path, line) {
  const client = await connect(path);
  client.say(line);
  while ((await client.text()) !== line);
  return client;
}

// A person in MDN's chat.
async function person(path, name, protocols = ["json"]) {
  const client = await connect(path, protocols);
  client.tell = (what) => client.say(JSON.stringify(what));
  client.until = async (type, is = () => true) => {
    for (;;) {
      const message = JSON.parse(await client.text());
      if (message.type === type && is(message)) return message;
    }
  };
  client.id = (await client.until("id")).id;
  if (name) {
    client.tell({ type: "username", name, id: client.id, date: Date.now() });
    client.name = (await client.until("named")).name;
  }
  return client;
}

const same = (users) => (list) => JSON.stringify(list.users) === JSON.stringify(users);

await checks.check("json: names, list, messages", async () => {
  const room = "/chat/ws-names";
  const ann = await person(room, "Ann");
  equal("the subprotocol", ann.socket.protocol, "json");
  const other = await person(room, "ANN");
  equal("the name of the second", other.name, "ANN2");
  await ann.until("userlist", same(["Ann", "ANN2"]));
  other.tell({ type: "message", text: "<i>привет</i> 🦀", id: other.id, date: Date.now() });
  const message = await ann.until("message");
  equal("the text", message.text, "<i>привет</i> 🦀");
  equal("the name", message.name, "ANN2");
  equal("the id", message.id, other.id);
  equal("the date", Math.abs(Date.now() - message.date) < 600_000, true);
  other.socket.close();
  await ann.until("userlist", same(["Ann"]));
  ann.socket.close();
});

await checks.check("json: a fault is answered, the connection goes on", async () => {
  const ann = await person("/chat/ws-faults", "Ann");
  ann.say("{");
  const fault = await ann.until("error");
  equal("the place", `${fault.line}:${fault.column}`, "1:1");
  ann.tell({ type: "message", text: "still here" });
  equal("the text", (await ann.until("message")).text, "still here");
  ann.socket.close();
});

await checks.check("json: history for who joins, recovery for who comes back", async () => {
  const room = "/chat?room=ws-history";
  const ann = await person(room, "Ann");
  ann.tell({ type: "message", text: "one" });
  const { epoch, offset } = await ann.until("message");
  ann.tell({ type: "message", text: "two" });
  await ann.until("message");
  const late = await person(room, "Late");
  late.socket.close();
  const back = await person(room);
  back.tell({ type: "resume", epoch, offset });
  equal("all of it", (await back.until("joined")).recovered, true);
  equal("what was missed", (await back.until("message")).text, "two");
  const lost = await person(room);
  lost.tell({ type: "resume", epoch: "1", offset });
  equal("of another time", (await lost.until("joined")).recovered, false);
  for (const client of [ann, back, lost]) client.socket.close();
});

await checks.check("json: the subprotocols of MDN's article", async () => {
  const ann = await person("/socketserver/ws", "Ann", ["protocolOne", "protocolTwo"]);
  equal("the subprotocol", ann.socket.protocol, "protocolOne");
  ann.socket.close();
});

await checks.check("plain: to everybody, cut at 50 characters", async () => {
  for (const path of ["/ws/ws", "/article/websocket/chat/ws/ws"]) {
    const one = await enter(path, "one is here");
    const other = await enter(path, "other is here");
    equal("who came", await one.text(), "other is here");
    one.say("я".repeat(60));
    for (const client of [one, other]) equal("the cut", await client.text(), "я".repeat(50));
    one.socket.close();
    other.socket.close();
  }
});

await checks.check("nick: at the address of its page", async () => {
  const one = await enter("/?room=ws", "one: here");
  const other = await enter("/nick/ws", "Второй: here");
  equal("who came", await one.text(), "Второй: here");
  other.say("no nickname");
  equal("the reason", (await other.text()).startsWith("* 107: "), true);
  one.socket.close();
  other.socket.close();
});

await checks.check("greeting: by name, then a clean close", async () => {
  const guest = await connect("/article/websocket/demo/hello");
  guest.say("Меня зовут Джон");
  equal("the greeting", await guest.text(), "Привет с сервера, Джон!");
  equal("the code", (await guest.next()).code, 1000);
});

await checks.check("rooms are apart", async () => {
  const one = await enter("/ws/ws-one", "in one");
  const other = await enter("/ws/ws-other", "in the other");
  one.say("for one");
  equal("what is heard", await one.text(), "for one");
  other.say("for the other");
  equal("what is heard there", await other.text(), "for the other");
  one.socket.close();
  other.socket.close();
});
