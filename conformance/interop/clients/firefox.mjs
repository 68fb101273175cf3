// firefox.mjs URL BROWSER: the WebSocket of Firefox, from a page that is served over HTTP. Nothing
// drives the browser: it is started with the page's address, and ended when the page is done.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withChecksPage } from "../lib/page.mjs";
import { withTrust } from "../lib/trust.mjs";

const [, , url, executable] = process.argv;

// Less than our own caller waits: who is killed ends no browser.
const LIMIT_MS = 270_000;

// Nothing of this may look for a network, and no page of its own may come up instead of ours.
const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.region.network.url": "",
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.push.connection.enabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "termsofuse.bypassNotification": true,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

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
