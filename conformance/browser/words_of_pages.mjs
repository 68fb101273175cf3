// What the pages say of what a server refuses, in the language of the page and not of the server; and of
// what is too long, by the server's settings.

import { equal } from "../interop/lib/checks.mjs";
import { enters } from "./chat_page.mjs";
import { checkAccess } from "./lib/axe.mjs";
import { House } from "./lib/house.mjs";

const NOTICES = ".talk .notice";
const LENGTHS = { name: 10, text: 40, plain: 12 };
/** What a page says of a room that two people may have a name in. */
const FULL = {
  "en-GB": "this room has 2 people with a name already",
  "ru-RU": "в этой комнате уже 2 человека с именем",
};
/** What the pages say of a bound of which nobody but the hub knows. */
const BOUND = {
  "en-GB": "too much waits for an answer at once, at most 256",
  "ru-RU": "ответа ждёт слишком многое сразу, предел — 256",
};
/** No name can have it: it turns the letters behind it. */
const TURNER = "\u202e";

/** All that there are at a server which has a list, beside the first one. */
const ROOMS = ["full in en-GB", "full in ru-RU"];

export async function checkWords(checks, { house, first }, program) {
  const lengths = Object.entries(LENGTHS).map(([what, chars]) => [`--chat-${what}-chars-max`, String(chars)]);
  const settings = ["--hub-members-max", "2", "--chat-rooms", ROOMS.join()];
  const strict = new House(program, [...lengths.flat(), ...settings]);
  await strict.start();
  const check = (name, site, locale, body) =>
    checks.check(`${name} (${locale})`, async () => {
      const person = await first.person(site, { locale });
      try {
        await body(person);
        equal("complaints", person.complaints.join("; "), "");
      } finally {
        await person.leave();
      }
    });
  try {
    await check("a refused name is told in the page's words", house.site, "ru-RU", refuseName);
    await check("a refused nickname is told in the page's words", house.site, "ru-RU", refuseNick);
    await check("a code that is new is told in quotes", house.site, "ru-RU", quoteTheUnknown);
    await check("what a Close says beyond its code is told", house.site, "ru-RU", quoteTheDetail);
    for (const [locale, words] of Object.entries(BOUND)) {
      await check("a bound of the hub is told with its number", house.site, locale, (person) =>
        meetBound(person, words),
      );
    }
    await check("a Close of the hub is told in the page's words", house.site, "ru-RU", hurry);
    await check("half a character is told as browsers send it", house.site, "en-GB", saySurrogates);
    await check("own messages are own after a reload", house.site, "en-GB", comeAgain);
    await check("a room that is too long is told", house.site, "en-GB", enterLongRoom);
    await check("nothing at an address is told in all languages", house.site, "ru-RU", loseTheWay);
    await check("lengths are the server's in the chat", strict.site, "en-GB", typeLong);
    for (const [locale, words] of Object.entries(FULL)) {
      await check("a full room says for how many", strict.site, locale, (person) => findFull(person, words));
    }
    await check("a room that is not there is told in the page's words", strict.site, "ru-RU", missRoom);
    await check("lengths are the server's in the small pages", strict.site, "ru-RU", typeLongElsewhere);
  } finally {
    await strict.end();
  }
}

async function refuseName(person) {
  await person.visit("demo/chat#words");
  await person.says(`Анна${TURNER}`, "#name");
  await person.sees(NOTICES, "есть невидимый символ (U+202E)");
  equal("the server's words", (await person.reads(NOTICES)).join().includes("cannot be seen"), false);
}

async function refuseNick(person) {
  await person.visit("demo/nick");
  await person.isState("open");
  for (const [nick, why] of [
    ["\u200d", "нужен псевдоним, который видно"],
    [`Анна${TURNER}`, "в выбранном имени есть невидимый символ (U+202E)"],
    ["*Анна", "псевдоним не может начинаться со звёздочки: так начинаются строки самого сервера"],
    [`x${"\u0301".repeat(4)}`, "в выбранном имени слишком много знаков над одной буквой"],
  ]) {
    await person.says(nick, "#nick");
    await person.says("привет");
    await person.sees(NOTICES, `Не отправлено: ${why}.`);
    // What was typed can be copied from there.
    await person.sees(`${NOTICES} li`, `${nick}: привет`);
  }
  equal("the line itself", (await person.reads("#messages .received")).join(), "");
}

async function quoteTheUnknown(person) {
  await person.visit("demo/chat");
  const [known, unknown] = await person.page.evaluate(async () => {
    const [refusals, { wordsElement }] = await Promise.all(
      ["refusals", "elements"].map((name) => import(`/assets/${name}.js`)),
    );
    return [111, 199].map((code) => {
      const why = refusals.whyNotDone({ code, reason: "the moon is full" });
      return wordsElement("p", "refused", { why }).innerHTML;
    });
  });
  equal("a known one", known, "Сервер отказал: слишком быстро для этого сервера.");
  equal("a new one", unknown, 'Сервер отказал: его словами: <q lang="en">the moon is full</q>.');
}

/** The words of a code are said alone where the server's reason is no more than they. */
async function quoteTheDetail(person) {
  await person.visit("demo/chat");
  const reasons = ["", "slow", "slow: at most 1048576 bytes that wait for one session"];
  const explained = await person.page.evaluate(async (reasons) => {
    const { isExplained } = await import("/assets/closing.js");
    return reasons.map((reason) => isExplained(3008, reason));
  }, reasons);
  equal("is all said", explained.join(), "true,true,false");
}

/** Both chats that have words for one client alone: what each says of the same bound. */
async function meetBound(person, words) {
  await person.visit("demo/chat");
  const told = await person.page.evaluate(async () => {
    const [refusals, { say }] = await Promise.all(
      ["refusals", "language"].map((name) => import(`/assets/${name}.js`)),
    );
    const reason = "too much under way: at most 256 commands that wait for an answer";
    const error = refusals.whyNotDone({ code: 121, reason, limit: "pending", max: 256 });
    const line = refusals.whyNotSent(`* 121 pending 256: ${reason}`);
    return [error, line].map(({ key, values }) => say(key, values));
  });
  equal("both", told.join("; "), `${words}; ${words}`);
}

/** Whoever types faster than the plain chat allows is put out, and learns what was not said. */
async function hurry(person) {
  await person.visit("demo/plain");
  await person.isState("open");
  await person.page.evaluate(() => {
    const [text, form] = ["text", "composer"].map((id) => document.getElementById(id));
    for (let index = 0; index < 60; index += 1) {
      text.value = `line ${index}`;
      form.requestSubmit();
    }
  });
  await person.sees("#messages .notice.loss", "Вы отправляли быстрее, чем позволяет этот сервер.");
  await person.sees("#messages .notice.loss li", "line 59");
  const told = await person.reads("#messages .received > :last-child, #messages .notice.loss li");
  equal("each line once", new Set(told).size, told.length);
  await checkAccess(person);
}

/** Two came before, by the server's protocol. */
async function findFull(person, words) {
  const room = await person.page.evaluate(() => `full in ${navigator.language}`);
  await person.visit(`demo/chat#${room}`);
  await person.page.evaluate(async (room) => {
    const { addressOf } = await import("/assets/connection.js");
    globalThis.others = ["Ann", "Bob"].map((name) => {
      const socket = new WebSocket(addressOf(`chat?room=${encodeURIComponent(room)}`));
      socket.onopen = () => socket.send(JSON.stringify({ type: "username", name }));
      return new Promise((named) => {
        socket.onmessage = ({ data }) => JSON.parse(data).type === "named" && named(socket);
      });
    });
    await Promise.all(globalThis.others);
  }, room);
  await person.says("Eve", "#name");
  await person.sees(NOTICES, words);
}

/** Somebody deletes half of an emoji, in a name and in a text; fill() of some browsers mends that. */
async function saySurrogates(person) {
  const types = (field, form, text) =>
    person.page.evaluate(
      ({ field, form, text }) => {
        document.getElementById(field).value = JSON.parse(text);
        document.getElementById(form).requestSubmit();
      },
      { field, form, text },
    );
  await enters(person, "Anna", "surrogates");
  await types("text", "composer", String.raw`"half \ud83d of it"`);
  await person.readsAll(".talk .mine .text", ["half \ufffd of it"]);
  equal("what waits", (await person.reads(".talk .late")).join(), "");
}

async function comeAgain(person) {
  await enters(person, "Anna", "own messages");
  await person.says("mine");
  await person.sees(".talk .mine .text", "mine");
  await person.page.reload();
  await person.sees(".talk .message .text", "mine");
  equal("whose it is", (await person.reads(".talk .mine .text")).join(), "mine");
}

async function enterLongRoom(person) {
  await person.visit(`demo/chat#${"r".repeat(200)}`);
  await person.says("Anna", "#name");
  await person.sees("#hint", "The room's name is 72 bytes too long: 128 at most.");
  await person.readsAll("#room-title", ["lobby"]);
  await person.says("ы".repeat(65), "#room");
  await person.sees("#room-note", "2 bytes too long");
  await person.readsAll("#room-title", ["lobby"]);
  await person.says("ы".repeat(64), "#room");
  await person.readsAll("#room-title", ["ы".repeat(64)]);
  await person.isState("open");
}

async function missRoom(person) {
  await person.visit("demo/chat#чайная");
  await person.says("Аня", "#name");
  await person.isState("closed");
  await person.sees("#detail", "комнаты «чайная» здесь нет");
  equal("the server's words", (await person.reads("#detail q")).join(), "");
}

async function loseTheWay(person) {
  await person.visit("nothing/is/here");
  await person.sees("h2", "По этому адресу ничего нет");
  await person.sees("h2", "There is nothing at this address");
  await checkAccess(person);
  // The browser complains of the answer's number, which it is here for.
  person.complaints.length = 0;
  await person.clicks('[lang="ru"] a');
  await person.isState("open");
}

async function typeLong(person) {
  await person.visit("demo/chat");
  await person.says("  ", "#name");
  await person.sees("#name-note", "Write a name first.");
  await checkAccess(person);
  await person.says("x".repeat(LENGTHS.name + 1), "#name");
  await person.sees("#name-note", "1 character too many: a name has 10 at most.");
  await person.says("x".repeat(LENGTHS.name), "#name");
  await person.isState("open");
  await person.writes("#text", "x".repeat(LENGTHS.text - 3));
  await person.sees("#text-note", "3 characters left");
  await person.writes("#text", "x".repeat(LENGTHS.text));
  await person.readsAll("#text-note", ["0 characters left"]);
  await person.writes("#text", "x".repeat(LENGTHS.text - 3));
  await person.sees("#text-note", "3 characters left");
  await person.until("it is read aloud", () =>
    Array.from(document.querySelectorAll(".aloud")).some(
      ({ textContent }) => textContent === "3 characters left",
    ),
  );
  const long = "😀".repeat(LENGTHS.text + 2);
  await person.says(long);
  await person.sees("#text-note", "2 characters too many: this server takes 40.");
  equal("it stays", await person.page.evaluate(() => document.getElementById("text").value), long);
  await checkAccess(person);
  const fits = "😀".repeat(LENGTHS.text);
  await person.says(fits);
  await person.readsAll(".talk .message .text", [fits]);
}

async function typeLongElsewhere(person) {
  await person.visit("demo/greeting");
  await person.says("x".repeat(LENGTHS.name + 2));
  await person.sees("#text-note", "Лишних 2 символа: в имени не больше 10.");
  equal("nobody is greeted", (await person.reads("#messages .sent")).length, 0);
  await person.visit("demo/nick");
  await person.isState("open");
  await person.says("x".repeat(LENGTHS.name + 5), "#nick");
  await person.sees("#nick-note", "Лишних 5 символов");
  await person.visit("demo/plain");
  await person.isState("open");
  await person.writes("#text", "x".repeat(LENGTHS.plain + 1));
  await person.sees("#text-note", "Сервер обрежет последний 1 символ: он оставляет 12.");
  await person.presses("Enter");
  await person.readsAll("#messages .received > :last-child", ["x".repeat(LENGTHS.plain)]);
}
