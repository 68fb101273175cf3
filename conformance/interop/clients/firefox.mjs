// firefox.mjs URL BROWSER: the WebSocket of Firefox, from a page that is served over HTTP. Nothing
// drives the browser: it is started with the page's address, and ended when the page is done.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withChecksPage } from "../lib/page.mjs";
import { PREFERENCES } from "../lib/preferences.mjs";
import { withTrust } from "../lib/trust.mjs";

const [, , url, executable] = process.argv;

// Less than our own caller waits: who is killed ends no browser.
const LIMIT_MS = 270_000;

const preferences = Object.entries(PREFERENCES).map(
  ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
);

await withTrust("profile", (directory) =>
  withChecksPage(url, async (address, done) => {
    const profile = join(directory, "profile");
    await writeFile(join(profile, "user.js"), preferences.join(""));
    const args = ["--headless", "--no-remote", "--profile", profile, address];
    const env = { ...process.env, HOME: directory };
    const firefox = spawn(executable, args, { env, stdio: "ignore" });
    const ended = once(firefox, "exit");
    const hung = setTimeout(() => firefox.kill(), LIMIT_MS);
    // A browser that ends by itself is done as well: the checks that are missing tell.
    await Promise.race([done, ended]);
    clearTimeout(hung);
    firefox.kill();
    await ended;
  }),
);
