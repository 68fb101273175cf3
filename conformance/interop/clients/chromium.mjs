// chromium.mjs URL BROWSER: the WebSocket of Chromium, from a page that is served over HTTP.

import { withPage } from "../lib/browser.mjs";
import { withChecksPage } from "../lib/page.mjs";
import { withTrust } from "../lib/trust.mjs";

const [, , url, executable] = process.argv;

await withTrust(".pki/nssdb", (home) =>
  withPage(
    executable,
    (page) =>
      withChecksPage(url, async (address, done) => {
        await page.goto(address);
        await done;
      }),
    home,
  ),
);
