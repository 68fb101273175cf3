// undici.mjs URL: the WebSocket of undici, which is also the one of Node itself.

import { WebSocket } from "undici";
import { runChecks } from "./web_api.mjs";

await runChecks(WebSocket, process.argv[2], (line) => console.log(line));

// A check that hung has left its connection open.
process.exit();
