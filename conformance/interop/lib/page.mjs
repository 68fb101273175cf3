// A page that goes through the checks, served over HTTP, so that its requests carry the Origin of a
// real one. It needs nobody who drives it: what it has to say it posts.

import { createServer } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const SCRIPTS = ["/clients/web_api.mjs", "/lib/checks.mjs"];
const root = fileURLToPath(new URL("..", import.meta.url));

const page = (url) => `<!doctype html><title>interop</title><script type="module">
  import { runChecks, runCloseBehindMessage } from "/clients/web_api.mjs";
  // One after the other, in the order in which they were said.
  let posted = Promise.resolve();
  const post = (path, body) => (posted = posted.then(() => fetch(path, { method: "POST", body })));
  const say = (line) => void post("/say", line);
  await runChecks(WebSocket, ${JSON.stringify(url)}, say);
  await runCloseBehindMessage(WebSocket, ${JSON.stringify(url)}, say);
  await post("/done", "");
</script>`;

// Serves the page with the checks of the server at `url`. `body` gets the page's address and a
// promise that is kept when the page is done.
export async function withChecksPage(url, body) {
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      let text = "";
      for await (const chunk of request.setEncoding("utf8")) text += chunk;
      if (request.url === "/done") server.emit("done");
      else console.log(text);
      response.end();
    } else if (SCRIPTS.includes(request.url)) {
      response.setHeader("Content-Type", "text/javascript");
      response.end(await readFile(root + request.url));
    } else {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(page(url));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await body(`http://127.0.0.1:${server.address().port}/`, once(server, "done"));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
