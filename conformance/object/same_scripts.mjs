// same_scripts.mjs SITE BROWSER: the scripts of this folder in Chromium, against the echo server of
// `sockeye serve` at SITE (host and port). What each prints has to be what its .txt says.

import { readFile, readdir } from "node:fs/promises";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { Checks, equal } from "../interop/lib/checks.mjs";
import { withPage } from "../interop/lib/browser.mjs";

const [, , site, executable] = process.argv;
const PATIENCE_MS = 20_000;
const checks = new Checks((line) => console.log(line));

const read = (name) => readFile(new URL(name, import.meta.url), "utf8");

// A port where nobody listens any more.
const closed = createServer().listen(0, "127.0.0.1");
await once(closed, "listening");
const refused = `ws://127.0.0.1:${closed.address().port}/`;
closed.close();

// An empty page on this machine: one from elsewhere may not connect to it.
// Beside it are the scripts, for workers.
const pages = createHttpServer(async (request, response) => {
  const script = /^\/(\w+\.m?js)(?:\?|$)/.exec(request.url)?.[1];
  if (script === undefined) {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end("<!doctype html>");
    return;
  }
  const text = await read(script).catch(() => undefined);
  response.statusCode = text === undefined ? 404 : 200;
  response.setHeader("Content-Type", "text/javascript; charset=utf-8");
  response.end(text);
}).listen(0, "127.0.0.1");
await once(pages, "listening");

async function lines(page, script, count) {
  const said = [];
  page.on("console", (message) => {
    if (message.type() === "log") said.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  const set = `echo = "ws://${site}/echo"; refused = "${refused}";\n`;
  await page.addScriptTag({ content: set + script });
  const until = Date.now() + PATIENCE_MS;
  while (said.length < count && Date.now() < until) {
    await page.waitForEvent("console", { timeout: until - Date.now() }).catch(() => {});
  }
  return said;
}

// A script is a pair of files; what a .js file without a .txt does is said where it is used.
const files = await readdir(new URL(".", import.meta.url));
const names = files.filter((file) => file.endsWith(".txt")).map((file) => file.slice(0, -4));
for (const name of names.sort()) {
  await checks.check(name, async () => {
    const expected = (await read(`${name}.txt`)).trimEnd();
    const script = await read(`${name}.js`);
    await withPage(executable, async (page) => {
      const wanted = expected.split("\n");
      const said = await lines(page, script, wanted.length);
      for (const [at, line] of wanted.entries()) equal(`line ${at + 1}`, said[at], line);
      equal("the number of lines", said.length, wanted.length);
    });
  });
}
pages.close();
