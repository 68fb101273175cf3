// A headless Chromium with a fresh profile, driven over playwright-core.

import { chromium } from "playwright-core";

// Nothing of this may look for a network: only loopback is used.
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Runs `body` with a page of a browser started from `executablePath`, and ends the browser.
export async function withPage(executablePath, body) {
  const browser = await chromium.launch({ executablePath, args: ARGS });
  try {
    return await body(await browser.newPage());
  } finally {
    await browser.close();
  }
}
