// The home page and the small applications as people use them: greeting, plain chat, nickname chat.

import { equal } from "../interop/lib/checks.mjs";
import { company } from "./lib/company.mjs";
import { SMALL_PHONE } from "./lib/screens.mjs";

const SAID = "#messages .received > :last-child";

export async function checkSmallPages(checks, { house, cable, first, second }) {
  const check = company(checks, { house, cable });
  for (const [own, other] of [
    [first, second],
    [second, first],
  ]) {
    await check("home page tries a WebSocket and leads to all pages", [own], lookAround);
    await check("language is switched and kept", [own], switchLanguage);
    await check("plain chat shows the newest first to all", [own, other], (a, b) =>
      talkPlainly(a, b, cable),
    );
    await check("nickname chat asks for a nickname", [own, other], useNickname);
    await check("greeting says hello and goodbye", [own], greet);
  }
  for (const locale of ["en-GB", "ru-RU"]) {
    await checks.check(`greeting shows all of it on the smallest phone (${locale})`, () =>
      greetOnSmallPhone(first, house, locale),
    );
  }
}

async function lookAround(person) {
  await person.visit("");
  await person.isState("open");
  await person.sees("#state", "there and back");
  const address = new URL("echo", person.site).href.replace("http", "ws");
  const examples = await person.reads("[data-address]");
  equal("examples", examples.length, 4);
  equal("have the address", examples.every((example) => example.includes(address)), true);
  const links = await person.page.evaluate(() =>
    Array.from(document.querySelectorAll(".pages a"), (link) => link.href),
  );
  equal("links", links.length > 4, true);
  for (const link of links) {
    await person.page.goto(link);
    await person.page.locator(".back a").click();
    await person.sees(".pages a");
  }
}

async function switchLanguage(person) {
  await person.visit("");
  await person.isState("open");
  await person.clicks('[data-languages] [lang="ru"]');
  await person.sees("#state", "Работает");
  await person.clicks('.pages a[href$="greeting"]');
  await person.sees("h1", "Приветствие");
  equal("language", await person.page.evaluate(() => document.documentElement.lang), "ru");
  await person.clicks('[data-languages] [lang="en"]');
  await person.sees("h1", "Greeting");
  equal("title", await person.page.title(), "Greeting - Sockeye");
}

async function talkPlainly(anna, bob, cable) {
  for (const person of [anna, bob]) {
    await person.visit("demo/plain");
    await person.isState("open");
  }
  await anna.says("<b>first</b>");
  await bob.sees(SAID, "<b>first</b>");
  await bob.says("второе 世界");
  for (const person of [anna, bob]) {
    await person.sees(SAID, "второе 世界");
    const texts = await person.reads(SAID);
    equal("newest first", texts.slice(0, 2).join("|"), "второе 世界|<b>first</b>");
  }
  cable.cut();
  await anna.isState("waiting");
  cable.mend();
  await anna.isState("open");
  await anna.sees("#messages .notice", "is not shown");
}

async function useNickname(anna, bob) {
  for (const person of [anna, bob]) {
    await person.visit("demo/nick");
    await person.isState("open");
  }
  await anna.says("too early");
  equal("asked for", await anna.page.evaluate(() => document.activeElement.id), "nick");
  await anna.says("Анна", "#nick");
  await anna.says("hello: <i>all</i>");
  for (const person of [anna, bob]) await person.sees(SAID, "Анна: hello: <i>all</i>");
  equal("nothing was said too early", (await bob.reads(SAID)).join().includes("early"), false);
}

async function greet(person) {
  await person.visit("demo/greeting");
  await person.says("Джон");
  await person.sees("#messages .sent", "My name is Джон");
  await person.sees("#messages .received", "Hello from server, Джон!");
  await person.isState("open");
  await person.isState("closed");
  await person.sees("#state", "1000");
  await person.sees("#hint", "The server said goodbye, as it should.");
}

/** What came of it is in sight without scrolling, in the longest words too. */
async function greetOnSmallPhone(maker, house, locale) {
  const person = await maker.person(house.site, { locale, viewport: SMALL_PHONE });
  try {
    await person.visit("demo/greeting");
    await person.says("Джон");
    await person.sees("#messages .received", "Джон");
    await person.isState("closed");
    for (const part of ["#state", "#messages .received", "#text", "#hint"]) {
      equal(`${part} is in sight`, await person.isInSight(part), true);
    }
  } finally {
    await person.leave();
  }
}
