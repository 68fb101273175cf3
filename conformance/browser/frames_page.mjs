// frames_page.mjs SITE BROWSER TOKEN [FOLDER]: a person's way through the frame view, in two languages,
// beside the echo in another tab of the same browser. Screenshots go into FOLDER if there is one.

import { readFile } from "node:fs/promises";

import { withPage } from "../interop/lib/browser.mjs";
import { Checks, equal } from "../interop/lib/checks.mjs";
import { askChromium, compareShapes } from "./archive.mjs";
import { compareLanguages, served } from "./lib/languages.mjs";
import { PHONE } from "./lib/screens.mjs";
import { checkLayout, messages, send, state, visit } from "./visit.mjs";

const [, , site, executable, token, folder] = process.argv;
const { WORDS } = await served(site, "frames/words.js");
const checks = new Checks((line) => console.log(line));

const JSON_TEXT = '{"name":"Ада","list":[1,2]}';
// Beyond what is sent without compression.
const LONG = "the same again, ".repeat(1000);
const MARKUP = "<img src=x onerror=alert(1)>";
const OCTETS = { name: "octets.bin", mimeType: "application/octet-stream", buffer: Buffer.from([0, 1, 254, 255]) };

// What Chromium says of a WebSocket and a server does not know: which script opened it, on which page,
// and how long its 101 was.
const UNKNOWN = ["entry._initiator.", "entry.pageref", "entry.response.content.compression"];

async function shoot(page, name) {
  if (folder !== undefined) {
    await page.screenshot({ path: `${folder}/frames-${name}.png`, fullPage: true });
  }
}

// Another tab with the echo, in which a few messages were sent.
async function talk(page) {
  const echo = await page.context().newPage();
  await echo.goto(new URL("/demo/echo", site).href);
  await state(echo, "open");
  // Each comes back before the next is sent, so that the order of the frames is known.
  for (const [index, text] of [JSON_TEXT, MARKUP, LONG].entries()) {
    await send(echo, text);
    await messages(echo, "received", index + 1);
  }
  await echo.locator("#file").setInputFiles(OCTETS);
  await messages(echo, "received", 4);
  return echo;
}

async function close(echo) {
  await echo.locator("#toggle").click();
  await state(echo, "closed");
}

// Waits until so many frames are shown, and answers their rows.
async function rows(page, count) {
  const all = page.locator("#rows tr.frame");
  await all.nth(count - 1).waitFor();
  equal("frames shown", await all.count(), count);
  return all;
}

async function details(page) {
  return page.locator("#details").innerText();
}

// Loads the page again, once all of it is there: what is cut off counts as failed.
async function reload(page) {
  await page.waitForLoadState("networkidle");
  await page.reload();
}

function includes(what, text, part) {
  equal(`${what} has "${part}"`, text.includes(part), true);
}

// Everything that the page shows of one connection, in the words of a language.
async function look(page, language) {
  const words = WORDS[language];
  equal("the page's language", await page.locator("html").getAttribute("lang"), language);
  await page.getByText(words.feedOn).waitFor();
  equal("none yet", await page.getByText(words.noConnections).isVisible(), true);
  const echo = await talk(page);
  const all = await rows(page, 8);
  const masked = new RegExp(`sockeye_session_\\d+=\\[${words.masked}\\]`);
  equal("the handshake", masked.test(await details(page)), true);

  await all.nth(0).click();
  const first = await details(page);
  includes("a frame of the browser", first, words.theBrowser);
  includes("its flags", first, "FIN");
  includes("JSON with lines", first, '  "name": "Ада",');
  await page.getByRole("button", { name: words.formHex }).click();
  includes("hex", await details(page), "7b 22 6e 61 6d 65");
  const hex = await page.locator("#details pre").evaluate((pre) => ({
    lines: pre.textContent.split("\n").length,
    shown: Math.round((pre.clientHeight - 19.2) / parseFloat(getComputedStyle(pre).lineHeight)),
    excess: pre.scrollWidth - pre.clientWidth,
  }));
  equal("lines of hex that are seen", hex.shown, hex.lines);
  equal("hex beyond its pane", hex.excess, 0);
  await page.getByRole("button", { name: words.formText }).click();
  includes("text", await details(page), JSON_TEXT);

  await page.keyboard.press("Tab");
  await all.nth(0).press("ArrowDown");
  includes("a frame of the server", await details(page), words.theServer);
  await all.nth(2).click();
  includes("markup is text", await details(page), MARKUP);
  equal("and becomes no element", await page.locator("#rows img, #details img").count(), 0);
  await all.nth(5).click();
  const compressed = await details(page);
  includes("a compressed frame", compressed, "FIN RSV1");
  const inflated = new Intl.NumberFormat(language).format(LONG.length);
  includes("its length", compressed, inflated);

  await close(echo);
  await page.locator("#rows tr.frame").nth(9).waitFor();
  const goodbye = page.locator("#rows tr.client", { hasText: "1000" });
  await goodbye.click();
  includes("the close code", await details(page), "1000 Normal Closure");
  await page.locator("#connections button").first().click();
  includes("how it ended", await details(page), words.endClient);
  await checkLayout(page);
  await shoot(page, language);
}

// All words that the page shows and those that name its parts.
async function wordsOf(page) {
  return page.evaluate(() => {
    const labels = Array.from(document.querySelectorAll("[aria-label]"), ({ ariaLabel }) => ariaLabel);
    return [document.documentElement.lang, document.title, document.body.innerText, ...labels].join("\n");
  });
}

// What was made in one language and switched to another is as if it had been made in that one.
async function switchLanguage(page) {
  const echo = await talk(page);
  await close(echo);
  const goodbye = page.locator("#rows tr.client", { hasText: "1000" });
  for (const [language, part] of [["ru", WORDS.ru.theBrowser], ["en", WORDS.en.theBrowser]]) {
    await rows(page, 10);
    await goodbye.click();
    await page.locator(`[data-languages] [lang=${language}]`).click();
    includes("a frame", await details(page), part);
    const switched = await wordsOf(page);
    includes("the status", switched, WORDS[language].feedOn);
    includes("its switch", switched, language === "ru" ? "Язык" : "Language");
    await shoot(page, `switched-${language}`);
    await reload(page);
    await rows(page, 10);
    await goodbye.click();
    equal("words of a page that was loaded so", await wordsOf(page), switched);
  }
  await page.locator("#connections button").first().click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator('[data-languages] [lang="ru"]').click();
  includes("a connection", await details(page), WORDS.ru.endClient);
  await page.getByText(WORDS.ru.feedPaused).waitFor();
  await page.getByRole("button", { name: WORDS.ru.resume }).waitFor();
}

async function filter(page) {
  await talk(page);
  await rows(page, 8);
  await page.getByLabel("Direction").selectOption("client");
  await rows(page, 4);
  await page.getByLabel("Kind").selectOption("binary");
  await rows(page, 1);
  await page.getByText("1 frame is shown").waitFor();
  await page.getByLabel("Direction").selectOption("all");
  await page.getByLabel("Kind").selectOption("all");
  await page.getByLabel("Payload contains").fill("ада");
  await rows(page, 2);
  await page.getByLabel("Payload contains").fill("");
  await rows(page, 8);
}

async function pauseAndClear(page) {
  const echo = await talk(page);
  await rows(page, 8);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText(WORDS.en.feedPaused).waitFor();
  for (let index = 0; index < 260; index += 1) {
    await send(echo, `message ${index}`);
  }
  await echo.getByText("message 259").last().waitFor();
  equal("nothing came meanwhile", await page.locator("#rows tr.frame").count(), 8);
  await page.getByRole("button", { name: "Resume" }).click();
  // 520 frames passed, 500 are kept: 20 were lost, and of 508 the last 500 are shown.
  await page.getByText("20 frames were not kept").waitFor();
  const last = page.locator("#rows tr.frame").last();
  await last.getByText("message 259").waitFor();
  await rows(page, 500);
  await page.getByRole("button", { name: "Clear" }).click();
  equal("frames after clearing", await page.locator("#rows tr.frame").count(), 0);
  await send(echo, "after");
  await rows(page, 2);
  await reload(page);
  await rows(page, 2);
}

// The page's connection is cut twice: what it has stays, what it missed comes, and nothing twice.
async function comeBack(page) {
  let line;
  await page.routeWebSocket("**/frames", (route) => {
    line = route;
    route.connectToServer();
  });
  await reload(page);
  await page.getByText(WORDS.en.feedOn).waitFor();
  const echo = await talk(page);
  await rows(page, 8);
  for (const count of [10, 12]) {
    await line.close({ code: 1012 });
    await page.getByText("No connection to the server").waitFor();
    await send(echo, "meanwhile");
    await rows(page, count);
    await page.getByText(WORDS.en.feedOn).waitFor();
  }
  equal("nothing was lost", await page.locator("#rows .gap").count(), 0);
  equal("the connections", await page.locator("#connections button").count(), 1);
}

// A server that was started anew knows neither the cookie nor the connections of the page.
async function renewCookie(page) {
  const context = page.context();
  await page.getByText(WORDS.en.feedOn).waitFor();
  const [cookie] = await context.cookies();
  // Left alone the page would be given a cookie when it is loaded: this one is forged afterwards.
  await page.route("**/assets/frames.js", async (route) => {
    await context.addCookies([{ ...cookie, value: `${cookie.value}x` }]);
    await route.continue();
  });
  await reload(page);
  await page.getByText(WORDS.en.feedOn).waitFor();
  const [renewed] = await context.cookies();
  equal("the cookie is another one", renewed.value !== cookie.value, true);
}

async function exportArchive(page) {
  const echo = await talk(page);
  await close(echo);
  await rows(page, 10);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export HAR" }).click(),
  ]);
  equal("its name", download.suggestedFilename(), "127.0.0.1.har");
  const archive = JSON.parse(await readFile(await download.path(), "utf8"));
  const [entry] = archive.log.entries;
  const { written, read } = await askChromium(executable, site, archive);
  equal("version", archive.log.version, written.version);
  equal("members of the log", Object.keys(archive.log).join(), Object.keys(written).join());
  compareShapes(entry, written.entries[0], UNKNOWN);
  equal("requests that Chromium reads", read.map(({ url }) => url).join(), entry.request.url);
  equal("what they are", `${read[0].kind} ${read[0].status}`, "websocket 101");
  const told = entry._webSocketMessages.map(({ type, time, opcode, data }) =>
    JSON.stringify({ type, time, text: data, opCode: opcode }),
  );
  const frames = read[0].frames.map((frame) => JSON.stringify(frame));
  equal("messages that Chromium reads", frames.join("\n"), told.join("\n"));
  equal("messages", entry._webSocketMessages.length, 8);
  const [first, second] = entry._webSocketMessages;
  equal("the first", `${first.type} ${first.opcode} ${first.data}`, `send 1 ${JSON_TEXT}`);
  equal("the second", second.type, "receive");
  const binary = entry._webSocketMessages.filter((message) => message.opcode === 2);
  equal("binary is Base64", binary.map((message) => message.data).join(), "AAH+/w==,AAH+/w==");
  equal("compressed is inflated", entry._webSocketMessages[4].data, LONG);
  const archived = JSON.stringify(archive);
  equal("the secret is masked", /sockeye_session_\d+=\[masked\]/.test(archived), true);
}

async function administer(page) {
  await page.getByText("Administrator").click();
  await page.getByLabel("Token").fill("this is not the token of anybody");
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.getByText(WORDS.en.tokenWrong).waitFor();
  await page.getByText(WORDS.en.feedOn).waitFor();
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.getByText(WORDS.en.feedAdmin).waitFor();
  const stranger = await page.context().browser().newContext();
  const echo = await stranger.newPage();
  await echo.goto(new URL("/demo/echo", site).href);
  await state(echo, "open");
  await send(echo, "from a stranger");
  await messages(echo, "received", 1);
  await page.locator("#connections button", { has: page.locator(".open") }).first().click();
  await shoot(page, "admin");
  await page.locator("#rows tr.frame", { hasText: "from a stranger" }).first().waitFor();
  await stranger.close();
}

// Fragments become one message, with a Ping between them; no browser sends any, so these are told.
async function joinFragments(page) {
  const found = await page.evaluate(async () => {
    const { Store, kindOf } = await import("/assets/frames/store.js");
    const { archiveOf } = await import("/assets/frames/har.js");
    const frame = (number, first_byte, text) => ({
      number, first_byte, time_us: number * 1000, from: "client", is_masked: true, len: text.length,
      passed_len: text.length, is_compressed: false, inflated_len: null, fault: null, payload: btoa(text),
    });
    const connection = {
      id: 1, opened_at_ms: 0, url: "ws://a b/echo?x=1?y", target: "/echo?x=1?y", request: [], response: [],
    };
    // It begins with a byte order mark, which is text as well.
    const list = [frame(7, 0x01, "\xef\xbb\xbffr"), frame(8, 0x89, "?"), frame(9, 0x80, "agment"), frame(10, 0x00, "x")];
    const store = new Store();
    const none = { connections: [], frames: [], ended: [], forgotten: [], unrecorded: 0 };
    store.take({ ...none, connections: [connection], frames: [{ id: 1, lost: 7, list }] });
    store.take({ ...none, frames: [{ id: 2, lost: 0, list }], ended: [{ id: 2 }] });
    const [known] = store.connections.values();
    const kinds = known.frames.map(kindOf).join();
    const [entry] = archiveOf([known]).log.entries;
    return JSON.stringify([known.lost, kinds, entry._webSocketMessages, entry.request.queryString, entry.comment]);
  });
  const message = { type: "send", time: 0.009, opcode: 1, data: "\ufefffragment" };
  const wanted = [7, "text,control,text,binary", [message], [{ name: "x", value: "1?y" }], "7 frames were not kept"];
  equal("what became of them", found, JSON.stringify(wanted));
}

// JSON with lines has what came: no number is rounded, no key left out, no text written otherwise.
async function layOutJson(page) {
  const [laidOut, deep, none] = await page.evaluate(async () => {
    const { jsonOf } = await import("/assets/frames/payload.js");
    const laidOut = (text) => jsonOf(new TextEncoder().encode(text));
    const nested = "[".repeat(5000) + "]".repeat(5000);
    const text = String.raw` {"big":12345678901234567890,"a":1.0,"a":[ ],"t":"{\"\u003c:,\\","l":[1,{}, [null]]} `;
    return [laidOut(text), laidOut(nested)?.length, laidOut('{"a":01}')];
  });
  const lines = [
    "{",
    '  "big": 12345678901234567890,',
    '  "a": 1.0,',
    '  "a": [],',
    String.raw`  "t": "{\"\u003c:,\\",`,
    '  "l": [',
    "    1,",
    "    {},",
    "    [",
    "      null",
    "    ]",
    "  ]",
    "}",
  ];
  equal("in lines", laidOut, lines.join("\n"));
  equal("as long as it may be", deep < 1_000_000, true);
  equal("what is none", none, null);
}

// A room in any script is percent signs and digits on the wire; people read it beside that.
async function decodeRoom(page) {
  const chat = await page.context().newPage();
  await chat.goto(new URL(`/demo/chat#${encodeURIComponent("чайная")}`, site).href);
  await chat.locator("#name").fill("Ада");
  await chat.keyboard.press("Enter");
  await state(chat, "open");
  const connection = page.locator("#connections button").first();
  await connection.getByText("/chat?room=чайная").waitFor();
  await connection.getByText("/chat?room=%D1%87").waitFor();
  await connection.click();
  includes("the details", await details(page), "/chat?room=чайная");
}

async function walkByKeyboard(page) {
  await talk(page);
  await rows(page, 8);
  await page.evaluate(() => document.activeElement.blur());
  const reached = new Set();
  for (let count = 0; count < 14; count += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
  }
  for (const name of ["pause", "clear", "export", "direction", "kind", "search", "TR"]) {
    equal(`${name} is reached`, reached.has(name), true);
  }
  const grid = page.getByRole("grid", { name: "Frames of the connection" });
  equal("a grid with a name", await grid.count(), 1);
  await page.locator("#rows tr.frame").first().focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  equal("the row chosen", await grid.locator("[aria-selected=true]").count(), 1);
  equal("direction is spoken", await grid.getByText("from the browser").count(), 4);
}

// Cells of frames that are shown in part, but for payloads.
async function cut(page) {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll("#rows td:not(.payload)"))
      .filter((cell) => cell.checkVisibility() && cell.scrollWidth > cell.clientWidth)
      .map((cell) => cell.textContent),
  );
}

async function onPhone(page, name) {
  const words = WORDS.ru;
  await shoot(page, `${name}-empty`);
  await talk(page);
  const all = await rows(page, 8);
  await checkLayout(page);
  equal("what is cut", (await cut(page)).join("; "), "");
  await shoot(page, `${name}-list`);
  await all.nth(1).click();
  includes("a frame of the server", await details(page), words.theServer);
  await checkLayout(page);
  await shoot(page, `${name}-frame`);
}

await withPage(executable, async (first) => {
  const browser = first.context().browser();
  const frames = (name, options, body) =>
    checks.check(name, () => visit(browser, site, "/demo/frames", options, body));

  for (const [locale, language] of [["en-GB", "en"], ["ru-RU", "ru"]]) {
    await frames(`frames of a conversation in ${locale}`, { locale }, (page) => look(page, language));
  }
  await checks.check("words of the frame view are the same in all languages", () => compareLanguages(WORDS));
  await frames("frame view changes all its words with the language", {}, switchLanguage);
  await frames("filter by direction, kind and text", {}, filter);
  await frames("pause, what was lost, and clear", {}, pauseAndClear);
  await frames("frame view comes back with what it missed", {}, comeBack);
  await frames("frame view gets a new cookie from a new server", {}, renewCookie);
  await frames("archive as Chromium writes it", {}, exportArchive);
  await frames("fragments are one message", {}, joinFragments);
  await frames("JSON is laid out as it came", {}, layOutJson);
  await frames("administrator sees strangers", {}, administer);
  await frames("a room is shown decoded", {}, decodeRoom);
  await frames("frame view by keyboard", {}, walkByKeyboard);
  for (const colorScheme of ["light", "dark"]) {
    const name = `phone-${colorScheme}`;
    const options = { locale: "ru-RU", viewport: PHONE, colorScheme, hasTouch: true };
    await frames(`frame view on a ${name}`, options, (page) => onPhone(page, name));
  }
  const wide = { colorScheme: "dark", viewport: { width: 1500, height: 900 } };
  await frames("frame view on a wide and dark desktop", wide, async (page) => {
    await talk(page);
    await (await rows(page, 8)).nth(5).click();
    await checkLayout(page);
    await shoot(page, "desktop-dark");
  });
});
