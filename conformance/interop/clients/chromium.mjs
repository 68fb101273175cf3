// chromium.mjs URL BROWSER: the WebSocket of a browser, from a page that is served over HTTP, so that
// requests carry the Origin of a real one.

import { createServer } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { withPage } from "../lib/browser.mjs";

const [, , url, executable] = process.argv;
const SCRIPTS = ["/clients/web_api.mjs", "/lib/checks.mjs"];
const root = fileURLToPath(new URL("..", import.meta.url));

const server = createServer(async (request, response) => {
  if (SCRIPTS.includes(request.url)) {
    response.setHeader("Content-Type", "text/javascript");
    response.end(await readFile(root + request.url));
  } else {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>interop</title>");
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

await withPage(executable, async (page) => {
  await page.exposeFunction("say", (line) => console.log(line));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate(async (url) => {
    const { runChecks, runCloseBehindMessage } = await import("/clients/web_api.mjs");
    await runChecks(WebSocket, url, (line) => window.say(line));
    await runCloseBehindMessage(WebSocket, url, (line) => window.say(line));
  }, url);
});
server.closeAllConnections();
server.close();
