// echo_page.mjs SITE BROWSER [FOLDER]: a person's way through the echo of `sockeye serve`, in two
// languages, by keyboard and file picker; and the words of all pages. Screenshots go into FOLDER if
// there is one.

import { Checks, equal } from "../interop/lib/checks.mjs";
import { withPage } from "../interop/lib/browser.mjs";
import { compareLanguages, served } from "./lib/languages.mjs";
import { PHONE } from "./lib/screens.mjs";
import { checkLayout, comesInSight, messages, send, state, visit } from "./visit.mjs";

const [, , site, executable, folder] = process.argv;
const { WORDS } = await served(site, "words.js");
const { CHAT_WORDS } = await served(site, "chat_words.js");
const { CLOSING_WORDS } = await served(site, "closing_words.js");
const { HOME_WORDS } = await served(site, "home_words.js");
const { TALK_WORDS } = await served(site, "talk_words.js");
const TABLES = { WORDS, CHAT_WORDS, CLOSING_WORDS, HOME_WORDS, TALK_WORDS };
const checks = new Checks((line) => console.log(line));

const OCTETS = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
const FILE = { name: "octets.bin", mimeType: "application/octet-stream", buffer: OCTETS };
const PREVIEW =
  "00 01 02 03 04 05 06 07\n08 09 0a 0b 0c 0d 0e 0f\n" +
  "10 11 12 13 14 15 16 17\n18 19 1a 1b 1c 1d 1e 1f …";
const FILE_LEN_MAX = 16 * 1024 * 1024;
// Characters of a text that the list shows.
const SHOWN_LEN_MAX = 4000;

const ENGLISH = {
  language: "en",
  open: "Connected",
  binary: "256 bytes, binary",
  oneByte: "1 byte, binary",
  more: ["… and 1 more character", "… and 22 more characters", "… and 1,025 more characters"],
  close: "Close",
  closed: "Closed: 1000, cleanly",
  send: "Send",
  again: "Connect again",
};
const RUSSIAN = {
  language: "ru",
  open: "Соединение открыто",
  binary: "256 байт, двоичные данные",
  oneByte: "1 байт, двоичные данные",
  more: ["… и ещё 1 символ", "… и ещё 22 символа", "… и ещё 1\u{a0}025 символов"],
  close: "Закрыть",
  closed: "Закрыто: 1000, чисто",
  send: "Отправить",
  again: "Подключиться снова",
};

async function shoot(page, name) {
  if (folder !== undefined) {
    await page.screenshot({ path: `${folder}/${name}.png` });
  }
}

// A whole conversation in the words of a language; the connection is open at its end.
async function talk(page, words) {
  await state(page, "open");
  equal("the page's language", await page.locator("html").getAttribute("lang"), words.language);
  equal("the status", await page.locator("#state").textContent(), words.open);
  equal("the focus", await page.evaluate(() => document.activeElement.id), "text");
  const markup = "<b>hello</b> 世界";
  await send(page, markup);
  equal("sent", (await messages(page, "sent", 1))[0], markup);
  equal("received", (await messages(page, "received", 1))[0], markup);

  await page.locator("#file").setInputFiles(FILE);
  equal("file received", (await messages(page, "received", 2))[1], `${words.binary}|${PREVIEW}`);
  equal("file sent", (await messages(page, "sent", 2))[1], `octets.bin: ${words.binary}|${PREVIEW}`);

  await page.getByRole("button", { name: words.close }).click();
  await state(page, "closed");
  equal("how it closed", await page.locator("#state").textContent(), words.closed);
  const sendButton = page.getByRole("button", { name: words.send, exact: true });
  equal("sending is disabled", await sendButton.isDisabled(), true);

  await page.getByRole("button", { name: words.again }).press("Enter");
  await state(page, "open");
  await send(page, "again");
  equal("after reconnecting", (await messages(page, "received", 3))[2], "again");
}

// What counts something says so in the language's forms for one, for few and for many.
async function count(page, words) {
  await state(page, "open");
  const octet = { ...FILE, buffer: Buffer.from([0]) };
  await page.locator("#file").setInputFiles(octet);
  equal("one byte", (await messages(page, "received", 1))[0], `${words.oneByte}|00`);
  for (const [index, excess] of [1, 22, 1025].entries()) {
    await send(page, "x".repeat(SHOWN_LEN_MAX + excess));
    const received = (await messages(page, "received", index + 2))[index + 1];
    equal(`${excess} more`, received, `${"x".repeat(SHOWN_LEN_MAX)}|${words.more[index]}`);
  }
}

// The words in the markup are the English ones, and a page that needs JavaScript says so: what is
// parsed by a script is parsed as if there were none.
async function readMarkup(page) {
  const [words, without] = await page.evaluate(async () => {
    const markup = await (await fetch(location.href)).text();
    const parsed = new DOMParser().parseFromString(markup, "text/html");
    const all = (name) => Array.from(parsed.querySelectorAll(`[${name}]`));
    const texts = all("data-words").map((part) => [part.dataset.words, part.textContent]);
    const labels = all("data-words-label").map((part) => [part.dataset.wordsLabel, part.ariaLabel]);
    return [[...texts, ...labels], parsed.querySelector("noscript p").textContent];
  });
  equal("words are marked", words.length > 0, true);
  const english = Object.assign({}, ...Object.values(TABLES).map((table) => table.en));
  for (const [key, text] of words) {
    equal(`the words of ${key} in the markup`, text, english[key]);
  }
  equal("words without JavaScript", without.includes("JavaScript"), true);
}

async function lookAround(page) {
  const address = `ws://${new URL(site).host}/echo`;
  const command = await page.locator("[data-address]").first().textContent();
  equal("the command", command, `sockeye connect ${address}`);
  equal("the address", await page.locator("#address").textContent(), address);
  await checkLayout(page);
  await page.getByRole("link", { name: "Echo" }).click();
  await state(page, "open");
}

// A phone's screen is small: words wrap, and what is new must still be seen.
async function talkOnPhone(page, name) {
  await shoot(page, `${name}-empty`);
  await talk(page, RUSSIAN);
  await send(page, "longword".repeat(12));
  await messages(page, "received", 4);
  await checkLayout(page);
  await shoot(page, name);
  await page.getByRole("button", { name: RUSSIAN.close }).click();
  await state(page, "closed");
  await checkLayout(page);
  await comesInSight(page.locator("#messages li").last());
  await shoot(page, `${name}-closed`);
}

async function sendMany(page) {
  await state(page, "open");
  for (let index = 0; index < 150; index += 1) {
    await send(page, `message ${index}`);
  }
  const newest = page.locator("#messages .received").last();
  await newest.getByText("message 149").waitFor();
  equal("messages in the list", await page.locator("#messages li").count(), 200);
  await comesInSight(page.locator("#messages li").last());
}

async function sendTooMuch(page) {
  await state(page, "open");
  // Through the picker's own event, as the driver would have to copy so large a file.
  await page.evaluate((size) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(size)], "large"));
    const input = document.getElementById("file");
    input.files = transfer.files;
    input.dispatchEvent(new Event("change"));
  }, FILE_LEN_MAX + 1);
  const hint = page.getByText("16,777,217 bytes");
  await hint.waitFor();
  // It is over once something else is written.
  await page.locator("#text").pressSequentially("s");
  await hint.waitFor({ state: "hidden" });
  await send(page, "still here");
  await messages(page, "received", 1);
}

async function walkByKeyboard(page) {
  await state(page, "open");
  await page.evaluate(() => document.activeElement.blur());
  const reached = new Set();
  for (let count = 0; count < 10; count += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id));
  }
  for (const id of ["toggle", "messages", "text", "send", "file"]) {
    equal(`${id} is reached`, reached.has(id), true);
  }
  equal("message field", await page.getByRole("textbox", { name: "Message" }).count(), 1);
  const log = page.getByRole("log", { name: "Conversation" });
  const list = log.getByRole("list", { name: "Messages" });
  equal("a list in the log", await list.count(), 1);
  await send(page, "item");
  await messages(page, "received", 1);
  equal("its items", await list.getByRole("listitem").count(), 2);
  equal("live status", await page.locator("#status[role=status]").count(), 1);
}

await withPage(executable, async (first) => {
  const browser = first.context().browser();
  const echo = (name, options, body) =>
    checks.check(name, () => visit(browser, site, "/demo/echo", options, body));
  const home = (name, options, body) =>
    checks.check(name, () => visit(browser, site, "/", options, body));

  await home("home page leads to the echo", {}, lookAround);
  for (const [locale, words] of [["en-GB", ENGLISH], ["ru-RU", RUSSIAN], ["eo", ENGLISH]]) {
    await echo(`conversation of a browser in ${locale}`, { locale }, async (page) => {
      await talk(page, words);
      await checkLayout(page);
      await shoot(page, `echo-${locale}`);
    });
  }
  for (const [name, table] of Object.entries(TABLES)) {
    await checks.check(`${name} are the same in all languages`, () => compareLanguages(table));
  }
  for (const path of ["/", "/demo/chat", "/demo/echo", "/demo/greeting", "/demo/nick", "/demo/plain"]) {
    await checks.check(`markup of ${path}`, () => visit(browser, site, path, {}, readMarkup));
  }
  await echo("plurals in English", {}, (page) => count(page, ENGLISH));
  await echo("plurals in Russian", { locale: "ru-RU" }, (page) => count(page, RUSSIAN));
  for (const colorScheme of ["light", "dark"]) {
    const name = `phone-${colorScheme}`;
    const options = { locale: "ru-RU", viewport: PHONE, colorScheme, hasTouch: true };
    await echo(`conversation on a ${name}`, options, (page) => talkOnPhone(page, name));
    await home(`home page on a ${name}`, options, checkLayout);
  }
  await echo("list is bounded and shows the newest message", {}, sendMany);
  await echo("file beyond the server's limit is not sent", {}, sendTooMuch);
  await echo("every control has a name and is reached by keyboard", {}, walkByKeyboard);
});
