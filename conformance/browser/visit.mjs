// Visits of a page, each with a profile of its own. What the browser complains about is a fault.

import { equal } from "../interop/lib/checks.mjs";
import { DESKTOP } from "./lib/screens.mjs";

// Visits `path` of `site` as `options` say (locale, viewport, colours), and does `body` there.
export async function visit(browser, site, path, options, body) {
  const context = await browser.newContext({ locale: "en-GB", viewport: DESKTOP, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  try {
    await page.goto(new URL(path, site).href);
    await body(page);
  } finally {
    await context.close();
  }
  equal("what the browser complained about", complaints.join("; "), "");
}

// Waits until the connection of the echo page is in the state `wanted`.
export async function state(page, wanted) {
  await page.locator(`#status[data-state="${wanted}"]`).waitFor();
}

// Types `text` and sends it, without the mouse.
export async function send(page, text) {
  await page.getByRole("textbox").fill(text);
  await page.keyboard.press("Enter");
}

// What the messages of the list say but for their headings, once there are `count`.
export async function messages(page, direction, count) {
  const items = page.locator(`#messages .${direction}`);
  await items.nth(count - 1).waitFor();
  equal(`messages ${direction}`, await items.count(), count);
  return items.evaluateAll((all) =>
    all.map((item) => Array.from(item.children, (child) => child.textContent).slice(1).join("|")),
  );
}

// Waits until the whole of an item is in the visible part of its list, which follows in its own time
// when the page around it changes.
export async function comesInSight(item) {
  await item.evaluate(async (element) => {
    const isInSight = () => {
      const list = element.parentElement.getBoundingClientRect();
      const own = element.getBoundingClientRect();
      return own.top >= list.top && own.bottom <= list.bottom + 1;
    };
    while (!isInSight()) await new Promise(requestAnimationFrame);
  });
}

// Nothing sticks out of the screen, and no two controls lie on each other.
export async function checkLayout(page) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  equal("the page's width", width, page.viewportSize().width);
  const overlaps = await page.evaluate(() => {
    const parts = Array.from(
      document.querySelectorAll("#state, #detail, button, input[type=text], .button, h1, h2, pre"),
      (element) => [element.id || element.tagName, element.getBoundingClientRect()],
    );
    const apart = (a, b) =>
      a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    return parts.flatMap(([name, box], at) =>
      parts
        .slice(at + 1)
        .filter(([, other]) => !apart(box, other))
        .map(([other]) => `${name} and ${other}`),
    );
  });
  equal("what overlaps", overlaps.join(", "), "");
}
