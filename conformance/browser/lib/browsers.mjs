// Chromium by playwright-core and Firefox by puppeteer-core over WebDriver BiDi, as makers of people at
// pages. Each person has a profile of their own.

import puppeteer from "puppeteer-core";
import { launch } from "../../interop/lib/browser.mjs";
import { PREFERENCES } from "../../interop/lib/preferences.mjs";
import { Person } from "./person.mjs";
import { DESKTOP, PHONE } from "./screens.mjs";

/** Chromium, whose people choose how they see pages. Pictures go into `folder`, if there is one. */
export async function startChromium(executable, folder) {
  const browser = await launch(executable);
  return {
    name: "Chromium",
    async person(site, { locale = "en-GB", colorScheme = "light", viewport = DESKTOP } = {}) {
      const hasTouch = viewport === PHONE;
      const context = await browser.newContext({ locale, colorScheme, viewport, hasTouch });
      return new Person(await context.newPage(), { site, folder, close: () => context.close() });
    },
    end: () => browser.close(),
  };
}

/** Firefox, which has one language and one colour scheme for all of its people. */
export async function startFirefox(executablePath, { locale, colorScheme, folder }) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    extraPrefsFirefox: {
      ...PREFERENCES,
      "intl.accept_languages": locale,
      "layout.css.prefers-color-scheme.content-override": colorScheme === "dark" ? 0 : 1,
    },
  });
  return {
    name: "Firefox",
    async person(site, { viewport = DESKTOP } = {}) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setViewport(viewport);
      return new Person(page, { site, folder, close: () => context.close() });
    },
    end: () => browser.close(),
  };
}
