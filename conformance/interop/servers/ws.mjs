// ws.mjs off|deflate [CERT KEY]: an echo server on node's ws, for a client under test.
//
// Prints `listening on ADDRESS:PORT`, and of every connection `closed PATH CODE REASON` with tabs
// between. /goodbye is closed at once, /invalid gets text that is not UTF-8, /refuse is refused.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { WebSocketServer } from "ws";

const [, , kind, cert, key] = process.argv;
const deflate = kind === "deflate";
const http = cert
  ? createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) })
  : createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: deflate });

http.on("upgrade", (request, socket, head) => {
  if (request.url === "/refuse") {
    socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 4\r\n\r\nno.\n");
    return;
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on("error", () => {});
    webSocket.on("message", (data, binary) => webSocket.send(data, { binary }));
    webSocket.on("close", (code, reason) => console.log(`closed\t${request.url}\t${code}\t${reason}`));
    if (request.url === "/goodbye") webSocket.close(3001, "enough");
    if (request.url === "/invalid") webSocket.send(Buffer.from([0x61, 0xf5]), { binary: false });
  });
});
http.listen(0, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${http.address().port}`));

// Whoever started us closes our standard input, or has ended, and then so do we.
process.stdin.on("end", () => process.exit()).resume();
