// What Deno and Bun lack of the surroundings of echo.js: their object is there.
globalThis.scriptArgs = globalThis.Deno?.args ?? process.argv.slice(2);
await import("./echo.js");
