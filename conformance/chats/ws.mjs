// ws.mjs ADDRESS: node's ws as the client of each chat. Says what came of each check.

import { Checks, equal } from "../interop/lib/checks.mjs";
import { connect, connectJson } from "../interop/lib/ws.mjs";

const url = `ws://${process.argv[2]}`;
const checks = new Checks((line) => console.log(line));

// Says something and waits until it is back: then the client is sure to be in its room.
async function enter(path, line) {
  const client = await connect(url + path);
  client.say(line);
  while ((await client.message()) !== line);
  return client;
}

// A person in MDN's chat.
async function person(path, name, protocols) {
  const client = await connectJson(url + path, protocols);
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
  other.end();
  await ann.until("userlist", same(["Ann"]));
  ann.end();
});

await checks.check("json: a fault is answered, the connection goes on", async () => {
  const ann = await person("/chat/ws-faults", "Ann");
  ann.say("{");
  const fault = await ann.until("error");
  equal("the place", `${fault.line}:${fault.column}`, "1:1");
  ann.tell({ type: "message", text: "still here" });
  equal("the text", (await ann.until("message")).text, "still here");
  ann.end();
});

await checks.check("json: history for who joins, recovery for who comes back", async () => {
  const room = "/chat?room=ws-history";
  const ann = await person(room, "Ann");
  ann.tell({ type: "message", text: "one" });
  const { epoch, offset } = await ann.until("message");
  ann.tell({ type: "message", text: "two" });
  await ann.until("message");
  const late = await person(room, "Late");
  late.end();
  const back = await person(room);
  back.tell({ type: "resume", epoch, offset });
  equal("all of it", (await back.until("joined")).recovered, true);
  equal("what was missed", (await back.until("message")).text, "two");
  const lost = await person(room);
  lost.tell({ type: "resume", epoch: "1", offset });
  equal("of another time", (await lost.until("joined")).recovered, false);
  for (const client of [ann, back, lost]) client.end();
});

await checks.check("json: the subprotocols of MDN's article", async () => {
  const ann = await person("/socketserver/ws", "Ann", ["protocolOne", "protocolTwo"]);
  equal("the subprotocol", ann.socket.protocol, "protocolOne");
  ann.end();
});

await checks.check("plain: to everybody, cut at 50 characters", async () => {
  for (const path of ["/ws/ws", "/article/websocket/chat/ws/ws"]) {
    const one = await enter(path, "one is here");
    const other = await enter(path, "other is here");
    equal("who came", await one.message(), "other is here");
    one.say("я".repeat(60));
    for (const client of [one, other]) equal("the cut", await client.message(), "я".repeat(50));
    one.end();
    other.end();
  }
});

await checks.check("nick: at the address of its page", async () => {
  const one = await enter("/?room=ws", "one: here");
  const other = await enter("/nick/ws", "Второй: here");
  equal("who came", await one.message(), "Второй: here");
  other.say("no nickname");
  equal("the reason", (await other.message()).startsWith("* 107: "), true);
  one.end();
  other.end();
});

await checks.check("greeting: by name, then a clean close", async () => {
  const guest = await connect(`${url}/article/websocket/demo/hello`);
  guest.say("Меня зовут Джон");
  equal("the greeting", await guest.message(), "Привет с сервера, Джон!");
  equal("the code", (await guest.next()).code, 1000);
});

await checks.check("rooms are apart", async () => {
  const one = await enter("/ws/ws-one", "in one");
  const other = await enter("/ws/ws-other", "in the other");
  one.say("for one");
  equal("what is heard", await one.message(), "for one");
  other.say("for the other");
  equal("what is heard there", await other.message(), "for the other");
  one.end();
  other.end();
});
