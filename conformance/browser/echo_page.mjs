// echo_page.mjs SITE BROWSER [FOLDER]: a person's way through the pages of `sockeye serve`, in two
// languages, by keyboard and file picker. Screenshots go into FOLDER if there is one.

import { Checks, equal } from "../interop/lib/checks.mjs";
import { withPage } from "../interop/lib/browser.mjs";
import { PHONE, checkLayout, isInSight, messages, send, state, visit } from "./visit.mjs";

const [, , site, executable, folder] = process.argv;
const checks = new Checks((line) => console.log(line));

const OCTETS = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
const FILE = { name: "octets.bin", mimeType: "application/octet-stream", buffer: OCTETS };
const PREVIEW =
  "00 01 02 03 04 05 06 07\n08 09 0a 0b 0c 0d 0e 0f\n" +
  "10 11 12 13 14 15 16 17\n18 19 1a 1b 1c 1d 1e 1f …";
const FILE_LEN_MAX = 16 * 1024 * 1024;

const ENGLISH = {
  language: "en",
  open: "Connected",
  binary: "256 bytes, binary",
  close: "Close",
  closed: "Closed: 1000, cleanly",
  send: "Send",
  again: "Connect again",
};
const RUSSIAN = {
  language: "ru",
  open: "Соединение открыто",
  binary: "256 Б, двоичные данные",
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

async function lookAround(page) {
  const address = `ws://${new URL(site).host}/echo`;
  equal("the command", await page.locator("#command").textContent(), `sockeye connect ${address}`);
  await checkLayout(page);
  await shoot(page, "home");
  await page.getByRole("link", { name: "Open the echo" }).click();
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
  equal("the newest is in sight", await isInSight(page.locator("#messages li").last()), true);
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
  equal("the newest is in sight", await isInSight(page.locator("#messages li").last()), true);
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
  await page.getByText("16,777,217 bytes").waitFor();
  await send(page, "still here");
  await messages(page, "received", 1);
}

async function walkByKeyboard(page) {
  await state(page, "open");
  await page.evaluate(() => document.activeElement.blur());
  const reached = new Set();
  for (let count = 0; count < 8; count += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id));
  }
  for (const id of ["toggle", "messages", "text", "send", "file"]) {
    equal(`${id} is reached`, reached.has(id), true);
  }
  equal("message field", await page.getByRole("textbox", { name: "Message" }).count(), 1);
  equal("log", await page.getByRole("log", { name: "Messages" }).count(), 1);
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
  for (const colorScheme of ["light", "dark"]) {
    const name = `phone-${colorScheme}`;
    const options = { locale: "ru-RU", viewport: PHONE, colorScheme, hasTouch: true };
    await echo(`conversation on a ${name}`, options, (page) => talkOnPhone(page, name));
    await home(`home page on a ${name}`, options, async (page) => {
      await checkLayout(page);
      await shoot(page, `${name}-home`);
    });
  }
  await echo("list is bounded and shows the newest message", {}, sendMany);
  await echo("file beyond the server's limit is not sent", {}, sendTooMuch);
  await echo("every control has a name and is reached by keyboard", {}, walkByKeyboard);
});
