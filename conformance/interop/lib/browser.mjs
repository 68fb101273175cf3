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

// Runs `body` with a page of a browser started from `executablePath`, and ends the browser. What it
// keeps for its user, such as whom to trust, is below `home`, if one is given.
export async function withPage(executablePath, body, home = process.env.HOME) {
  const browser = await launch(executablePath, home);
  try {
    return await body(await browser.newPage());
  } finally {
    await browser.close();
  }
}

// A browser that its caller ends.
export function launch(executablePath, home = process.env.HOME) {
  return chromium.launch({ executablePath, args: ARGS, env: { ...process.env, HOME: home } });
}

// Runs `body` with the profile of such a browser, which keeps what it knows in the folder `home`, and
// ends it. It is started with `more` arguments.
export async function withProfile(executablePath, home, more, body) {
  const args = [...ARGS, ...more];
  const context = await chromium.launchPersistentContext(home, { executablePath, args });
  try {
    return await body(context);
  } finally {
    await context.close();
  }
}
