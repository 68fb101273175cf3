// HTTP Archives and Chromium's own developer tools, which run in a tab of the browser that they look
// at: what they write of a WebSocket, and what they read out of an archive of ours.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { withProfile } from "../interop/lib/browser.mjs";
import { equal } from "../interop/lib/checks.mjs";
import { messages, send, state } from "./visit.mjs";

const TOOLS = "devtools://devtools/bundled/";
// A tab that is not in front draws nothing.
const POLLING = { polling: 50 };

// The archive that Chromium's developer tools make of a page of `site` that talked to the echo, and
// what they read out of `archive`.
export async function askChromium(executablePath, site, archive) {
  const home = await mkdtemp(join(tmpdir(), "sockeye-devtools-"));
  // They reach the browser over a port only, never over a pipe.
  const args = ["--remote-debugging-port=0", "--remote-allow-origins=*"];
  try {
    return await withProfile(executablePath, home, args, async (context) => {
      const page = await context.newPage();
      const tools = await openTools(context, page, home, new URL("/demo/echo", site).href);
      await page.reload();
      await state(page, "open");
      await send(page, "hello");
      await messages(page, "received", 1);
      const echo = await tools.waitForFunction(findEcho, null, POLLING);
      return {
        written: await echo.evaluate(write),
        read: await tools.evaluate(read, archive),
      };
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

// Opens `address` in `page`, and the developer tools for it in another tab.
async function openTools(context, page, home, address) {
  await page.goto(address);
  const [port] = (await readFile(join(home, "DevToolsActivePort"), "utf8")).split("\n");
  const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const target = targets.find(({ url }) => url === address);
  const tools = await context.newPage();
  const socket = target.webSocketDebuggerUrl.replace("ws://", "");
  await tools.goto(`${TOOLS}inspector.html?ws=${socket}`);
  await tools.evaluate(load, TOOLS);
  await tools.waitForFunction(isAttached, null, POLLING);
  return tools;
}

// What follows runs in the developer tools.

// Their modules, where functions that wait for nothing can have them.
async function load(tools) {
  const names = { har: "models/har/har.js", logs: "models/logs/logs.js", sdk: "core/sdk/sdk.js" };
  globalThis.tools = {};
  for (const [name, path] of Object.entries(names)) {
    globalThis.tools[name] = await import(tools + path);
  }
}

function isAttached() {
  const { TargetManager, NetworkManager } = globalThis.tools.sdk;
  const [target] = TargetManager.TargetManager.instance().targets();
  return Boolean(target?.model(NetworkManager.NetworkManager));
}

function findEcho() {
  const isEcho = (request) => request.url().endsWith("/echo") && request.frames().length === 2;
  return globalThis.tools.logs.NetworkLog.NetworkLog.instance().requests().find(isEcho);
}

async function write(echo) {
  const { Log } = globalThis.tools.har.Log;
  return JSON.parse(JSON.stringify(await Log.build([echo], { sanitize: false })));
}

function read(archive) {
  const { HARFormat, Importer } = globalThis.tools.har;
  const root = new HARFormat.HARRoot(archive);
  return Importer.Importer.requestsFromHARLog(root.log).map((request) => ({
    url: request.url(),
    status: request.statusCode,
    kind: request.resourceType().name(),
    frames: request.frames().map(({ type, time, text, opCode }) => ({ type, time, text, opCode })),
  }));
}

// What kinds of values there are, by their places; a list is as its first item is.
function shape(value, place, places) {
  if (Array.isArray(value)) {
    places.set(place, "list");
    if (value.length > 0) shape(value[0], `${place}[]`, places);
  } else if (value !== null && typeof value === "object") {
    places.set(place, "object");
    for (const [name, own] of Object.entries(value)) shape(own, `${place}.${name}`, places);
  } else {
    places.set(place, value === null ? "null" : typeof value);
  }
  return places;
}

// Our entry has each place that Chromium's has, with the same kind of value, and no other; but for
// those in `excused`, of which a server cannot know, or that Chromium fills only sometimes.
export function compareShapes(ours, theirs, excused) {
  const [own, wanted] = [ours, theirs].map((entry) => shape(entry, "entry", new Map()));
  const isExcused = (place) => excused.some((start) => place.startsWith(start));
  const all = new Set([...own.keys(), ...wanted.keys()]);
  const differences = Array.from(all)
    .filter((place) => !isExcused(place) && own.get(place) !== wanted.get(place))
    .map((place) => `${place}: ${own.get(place)}, Chromium ${wanted.get(place)}`);
  equal("differences from Chromium's archive", differences.join("; "), "");
}
