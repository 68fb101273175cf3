// Somebody at a page, in whatever browser: what they do with it, and what they see. Waits for what is
// to come by looking, as a person does, and never for a time.

import { setTimeout as pause } from "node:timers/promises";

// Who waits longer has waited in vain. A greeting takes five seconds, a reconnect as long.
const LIMIT_MS = 20_000;
// How often is looked.
const LOOK_MS = 20;
// Where a page asks why its WebSocket was not opened. No page, script or picture is there.
const ASKED = new Set(["/chat", "/nick", "/ws"]);

export class Person {
  /** `page` is playwright's or puppeteer's: of both only what the other has too. */
  constructor(page, { site, folder, close }) {
    this.page = page;
    this.site = site;
    /** Where pictures go, if anywhere. */
    this.folder = folder;
    this.leave = close;
    /** What the browser complained about. */
    this.complaints = [];
    page.on("console", (message) => {
      if (["error", "warning", "warn"].includes(message.type())) {
        this.#complain(message.text(), message.location()?.url);
      }
    });
    page.on("pageerror", (error) => this.#complain(String(error)));
  }

  /** A browser also tells when a connection is lost; here that is done on purpose. */
  #complain(words, url) {
    const isAsked = URL.canParse(url) && ASKED.has(new URL(url).pathname);
    if (!isAsked && !/wss?:\/\//.test(words)) this.complaints.push(words);
  }

  async visit(path) {
    await this.page.goto(new URL(path, this.site).href);
  }

  /** Looks until `look(argument)`, run in the page, gives something that is true; gives that. */
  async until(what, look, argument) {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const found = await this.page.evaluate(look, argument);
      if (found) return found;
      if (Date.now() > end) {
        const text = await this.page.evaluate(() => document.body.innerText);
        throw new Error(`waited in vain: ${what}. The page says: ${text.slice(-400)}`);
      }
      await pause(LOOK_MS);
    }
  }

  /** Waits until an element at `selector` that can be seen says `text`, or anything. */
  async sees(selector, text = "") {
    await this.until(
      `${selector} says ${JSON.stringify(text)}`,
      ({ selector, text }) =>
        Array.from(document.querySelectorAll(selector)).some(
          (element) => element.checkVisibility() && element.textContent.includes(text),
        ),
      { selector, text },
    );
  }

  /** Waits until the connection of the page is in `state`. */
  async isState(state) {
    await this.sees(`#status[data-state="${state}"]`);
  }

  /** What the elements at `selector` that can be seen say. */
  async reads(selector) {
    return this.page.evaluate(
      (selector) =>
        Array.from(document.querySelectorAll(selector))
          .filter((element) => element.checkVisibility())
          .map((element) => element.textContent),
      selector,
    );
  }

  /** Waits until what the elements at `selector` say is `texts`; the error has what it was last. */
  async readsAll(selector, texts) {
    const wanted = JSON.stringify(texts);
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const read = JSON.stringify(await this.reads(selector));
      if (read === wanted) return;
      if (Date.now() > end) throw new Error(`${selector} says ${read}, not ${wanted}`);
      await pause(LOOK_MS);
    }
  }

  async writes(selector, text) {
    await this.comes();
    await this.page.locator(selector).fill(text);
  }

  async clicks(selector) {
    await this.comes();
    await this.page.locator(selector).click();
  }

  async presses(key) {
    await this.comes();
    await this.page.keyboard.press(key);
  }

  /** Looks at the page: one that stands behind another of its window is hidden, and rests. */
  async comes() {
    await this.page.bringToFront();
  }

  /** Writes `text` into the field at `selector` and sends it, without the mouse. */
  async says(text, selector = "#text") {
    await this.writes(selector, text);
    await this.presses("Enter");
  }

  /** Whether the whole of the last element at `selector` is in sight, in its list and the window. */
  async isInSight(selector) {
    return this.page.evaluate((selector) => {
      const element = Array.from(document.querySelectorAll(selector)).at(-1);
      const own = element.getBoundingClientRect();
      for (let around = element.parentElement; around !== null; around = around.parentElement) {
        const box = around.getBoundingClientRect();
        const isClipped = getComputedStyle(around).overflowY !== "visible";
        if (isClipped && (own.top < box.top - 1 || own.bottom > box.bottom + 1)) return false;
      }
      return own.top >= 0 && own.bottom <= innerHeight;
    }, selector);
  }

  async shoots(name) {
    if (this.folder !== undefined) {
      await this.page.screenshot({ path: `${this.folder}/${name}.png` });
    }
  }
}
