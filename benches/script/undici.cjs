// What Node lacks of the surroundings of echo.js, with the object of undici, which is that of later
// versions of Node.
globalThis.WebSocket = require("undici").WebSocket;
globalThis.scriptArgs = process.argv.slice(2);
require("./echo.js");
