// visitor.mjs SITE PLAIN DIRECT LOG SILENCE_MS: what a visitor sees of `sockeye serve` at SITE, which a
// proxy mounts there over TLS. PLAIN is the same without TLS, or "-"; DIRECT is the server itself,
// which trusts nobody there; LOG is its log, in JSON. Says what came of each check.

import { readFile } from "node:fs/promises";
import { get as getPlain } from "node:http";
import { get as getSecure } from "node:https";
import { setTimeout as after } from "node:timers/promises";

import { BINARIES, Checks, TEXTS, equal } from "../interop/lib/checks.mjs";
import { connect, connectJson } from "../interop/lib/ws.mjs";

const [site, plain, direct, log, silence] = process.argv.slice(2);
const base = new URL(site).pathname;
const checks = new Checks((line) => console.log(line));

// What clients make up about themselves.
const LIES = {
  "X-Forwarded-For": "203.0.113.9",
  Forwarded: "for=203.0.113.9",
  "X-Forwarded-Proto": "https",
};

async function get(url, headers = {}) {
  const ask = url.protocol === "https:" ? getSecure : getPlain;
  const response = await new Promise((done, fail) =>
    ask(url, { family: 4, headers }, done).on("error", fail),
  );
  let body = "";
  for await (const part of response.setEncoding("utf8")) body += part;
  return { status: response.statusCode, headers: response.headers, body };
}

// What `connect` takes, for `path` at `where`.
function address(where, path) {
  const url = new URL(path, where);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}

// Opens a WebSocket. Fails with the status.
function open(where, path, options = {}) {
  return connect(address(where, path), [], { family: 4, ...options });
}

async function echo(client, what) {
  client.say(what);
  return client.message();
}

// A page and all that it and its modules name: each must be there, below the mount.
async function load(url, seen = new Set()) {
  if (seen.has(url.href)) return seen;
  seen.add(url.href);
  equal(`${url.pathname} below the mount`, url.pathname.startsWith(base), true);
  const { status, body } = await get(url);
  equal(`the status of ${url.pathname}`, status, 200);
  const links = /\.js$/.test(url.pathname)
    ? body.matchAll(/\bfrom\s+"([^"]+)"/g)
    : body.matchAll(/(?:href|src)="([^"]+)"/g);
  for (const [, link] of links) {
    const next = new URL(link, url);
    if (next.origin === url.origin && !/\.css$|\.svg$/.test(url.pathname)) await load(next, seen);
  }
  return seen;
}

// A person in the JSON chat.
async function person(room, name) {
  const options = { family: 4, origin: new URL(site).origin };
  const client = await connectJson(address(site, `chat/${room}`), ["json"], options);
  await client.until("id");
  client.tell({ type: "username", name });
  await client.until("named");
  return client;
}

// The address that the log has for the only WebSocket at `path`, once it ended.
async function loggedAddress(path) {
  for (;;) {
    for (const line of (await readFile(log, "utf8")).split("\n").slice(0, -1)) {
      const said = JSON.parse(line);
      const fields = said.fields ?? said;
      if (fields.path === path) return fields.address;
    }
    await after(20);
  }
}

// Begun first, looked at last.
const idle = open(site, "echo");
idle.catch(() => {});
const begun = Date.now();

await checks.check("the pages and their modules, all below the path", async () => {
  const seen = await load(new URL(site));
  const has = (end) => [...seen].some((url) => url.endsWith(end));
  for (const end of ["demo/chat", "assets/chat.js", "assets/connection.js", "assets/style.css"]) {
    equal(`${end} was loaded`, has(end), true);
  }
});

await checks.check("the path without its slash leads to the path", async () => {
  const { status, headers } = await get(new URL(site.replace(/\/$/, "")));
  equal("a redirection", status >= 300 && status < 400, true);
  equal("its target", new URL(headers.location, site).pathname, base);
});

await checks.check("beside the path there is nothing of ours", async () => {
  const { body } = await get(new URL("/demo/chat", site));
  equal("our page", body.includes("assets/chat.js"), false);
});

await checks.check("a cookie for TLS alone", async () => {
  const { headers } = await get(new URL("demo/frames", site));
  const cookie = String(headers["set-cookie"]);
  equal("its name", cookie.startsWith("__Host-sockeye_session"), true);
  equal("Secure", cookie.includes("; Secure"), true);
});

for (const [name, content] of [...TEXTS, ...BINARIES]) {
  await checks.check(`wss: echo, ${typeof content === "string" ? "text" : "binary"}, ${name}`, async () => {
    const client = await open(site, "echo");
    const back = await echo(client, content);
    equal("the echo", typeof back === "string" ? back : new Uint8Array(back), content);
    client.end();
  });
}

if (plain !== "-") {
  await checks.check("ws: echo, and a cookie that is not for TLS, whatever the client says", async () => {
    const client = await open(plain, "echo", { headers: LIES });
    equal("the echo", await echo(client, "here"), "here");
    client.end();
    const { headers } = await get(new URL("demo/frames", plain), LIES);
    equal("the cookie", String(headers["set-cookie"]).startsWith("sockeye_session"), true);
  });
}

await checks.check("the JSON chat, for two", async () => {
  const ann = await person("two", "Ann");
  const bob = await person("two", "Bob");
  bob.tell({ type: "message", text: "привет" });
  equal("the text", (await ann.until("message", ({ name }) => name === "Bob")).text, "привет");
  ann.tell({ type: "message", text: "hello" });
  equal("the text", (await bob.until("message", ({ name }) => name === "Ann")).text, "hello");
  ann.end();
  bob.end();
});

await checks.check("pages of another origin may open no chat, but the echo", async () => {
  const origin = "https://elsewhere.example";
  const refused = await open(site, "chat/origin", { origin }).catch((error) => error.message);
  equal("the chat", refused, "Unexpected server response: 403");
  const client = await open(site, "echo", { origin });
  equal("the echo", await echo(client, "here"), "here");
  client.end();
});

await checks.check("the client's address is what the proxy says", async () => {
  const client = await open(site, "nick", { localAddress: "127.0.0.2", headers: LIES });
  client.end();
  equal("the address", await loggedAddress("/nick"), "127.0.0.2");
});

await checks.check("nobody else is believed", async () => {
  const where = new URL(base, direct);
  const client = await open(where, "ws", { localAddress: "127.0.0.3", headers: LIES });
  client.end();
  equal("the address", await loggedAddress("/ws"), "127.0.0.3");
});

await checks.check("a silent connection outlives the proxy's patience", async () => {
  const client = await idle;
  await after(Math.max(0, begun + Number(silence) - Date.now()));
  equal("the echo", await echo(client, "still here"), "still here");
  client.end();
});

// A check that hung may still be waiting.
process.exit();
