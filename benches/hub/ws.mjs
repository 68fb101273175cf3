// ws.mjs WS_PACKAGE CONTROL: a room of node's ws. Connects to CONTROL and answers there, a line for
// a line: "listen" with its port, "count" with how many are connected, "send TIMES DEPTH TEXT" with
// what sending that to everybody, DEPTH at once and all of it TIMES times, took the process in CPU
// time, in microseconds; each time until all of it was with the kernel.

import { createRequire } from "node:module";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";

const [dir, address] = process.argv.slice(2);
const { WebSocketServer } = createRequire(`${dir}/package.json`)("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
// Whoever is ended is missed at the next message.
server.on("connection", (socket) => socket.on("error", () => socket.terminate()));

function isUnwritten() {
  for (const client of server.clients) {
    if (client.bufferedAmount > 0) {
      return true;
    }
  }
  return false;
}

// As its documentation has it: each message to each client.
async function send(times, depth, text) {
  let spent = 0;
  for (let time = 0; time < times; time += 1) {
    spent += await sendOnce(depth, text);
  }
  return spent;
}

async function sendOnce(depth, text) {
  const start = process.cpuUsage();
  for (let message = 0; message < depth; message += 1) {
    for (const client of server.clients) {
      client.send(text);
    }
  }
  let spent = process.cpuUsage(start);
  while (isUnwritten()) {
    await setImmediate();
    spent = process.cpuUsage(start);
  }
  return spent.user + spent.system;
}

async function answer(line) {
  const [word, times, depth, ...text] = line.split(" ");
  switch (word) {
    case "listen":
      return server.address().port;
    case "count":
      return server.clients.size;
    case "send":
      return send(Number(times), Number(depth), text.join(" "));
    default:
      throw new Error(`asked for ${word}`);
  }
}

server.on("listening", async () => {
  const end = address.lastIndexOf(":");
  const control = connect(Number(address.slice(end + 1)), address.slice(0, end));
  for await (const line of createInterface({ input: control })) {
    control.write(`${await answer(line)}\n`);
  }
  process.exit();
});
