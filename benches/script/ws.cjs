// What Node lacks of the surroundings of echo.js, with the object of `ws`.
globalThis.WebSocket = require("ws");
globalThis.scriptArgs = process.argv.slice(2);
require("./echo.js");
