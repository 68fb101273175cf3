// Every page as axe-core sees it, in both languages and colour schemes and at two widths, with a picture
// of each for people to look at.

import { equal } from "../interop/lib/checks.mjs";
import { checkAccess } from "./lib/axe.mjs";
import { DESKTOP, PHONE } from "./lib/screens.mjs";
import { enters } from "./chat_page.mjs";

/** The pages, and what is done there before they are looked at. */
const PAGES = {
  home: async (person) => {
    await person.visit("");
    await person.isState("open");
  },
  echo: async (person) => {
    await person.visit("demo/echo");
    await person.isState("open");
    await person.says("hello");
    await person.sees("#messages .received", "hello");
  },
  plain: async (person) => {
    await person.visit("demo/plain");
    await person.isState("open");
    await person.says("hello");
    await person.sees("#messages .received", "hello");
  },
  nick: async (person) => {
    await person.visit("demo/nick");
    await person.isState("open");
    await person.writes("#nick", "Anna");
    await person.says("hello");
    await person.sees("#messages .received", "hello");
  },
  greeting: async (person) => {
    await person.visit("demo/greeting");
    await person.says("Джон");
    await person.sees("#messages .received", "Джон");
  },
  frames: async (person) => {
    await person.visit("demo/frames");
    await person.sees("#connections-title");
  },
  "chat-door": async (person) => {
    await person.visit("demo/chat");
    await person.sees("#name");
  },
  chat: async (person) => {
    await enters(person, "Anna", "people who are looked at");
    await person.says("hello");
    await person.sees(".talk .text", "hello");
  },
};

/** Looks at every page through a browser that makes people who see it in their own way. */
export async function checkAccessInChromium(checks, chromium, site) {
  for (const locale of ["en-GB", "ru-RU"]) {
    for (const colorScheme of ["light", "dark"]) {
      for (const viewport of [DESKTOP, PHONE]) {
        const place = viewport === PHONE ? "phone" : "desktop";
        const options = { locale, colorScheme, viewport };
        await look(checks, chromium, site, options, `${locale}-${colorScheme}-${place}`);
      }
    }
  }
}

/** Looks at every page through a browser with one way of seeing. */
export async function checkAccessInFirefox(checks, firefox, site, how) {
  await look(checks, firefox, site, {}, `firefox-${how}`);
}

async function look(checks, maker, site, options, how) {
  for (const [name, prepare] of Object.entries(PAGES)) {
    await checks.check(`${name} is accessible to all, ${how}`, async () => {
      const person = await maker.person(site, options);
      try {
        await prepare(person);
        await person.shoots(`${name}-${how}`);
        await checkAccess(person);
        const [width, inner] = await person.page.evaluate(() => [
          document.documentElement.scrollWidth,
          innerWidth,
        ]);
        equal("nothing sticks out", width <= inner, true);
        equal("complaints", person.complaints.join("; "), "");
      } finally {
        await person.leave();
      }
    });
  }
}
