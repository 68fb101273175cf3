// The list of messages. Owns its length, what of a message is shown, and that the newest is in sight.
// Whatever a peer sends becomes text, never markup.

import { textElement, timeElement, wordsElement } from "./elements.js";

/** Messages in the list; older ones make room. */
const MESSAGES_MAX = 200;
/** Characters of a text that are shown. */
const TEXT_LEN_MAX = 4000;
/** Bytes of a binary message that are shown. */
const PREVIEW_LEN_MAX = 32;
/** Bytes in a line of these: what fits on a phone. */
const PREVIEW_LINE_LEN = 8;
/** How far from the end, in pixels, a reader still counts as being there. */
const END_DISTANCE = 48;

export class MessageList {
  #list;
  #empty;
  /** Whether the newest stands on top instead of at the end. */
  #isNewestFirst;
  /** Whether the reader is at the newest, and wants to stay there. */
  #isAtEnd = true;

  constructor(list, empty, { isNewestFirst = false } = {}) {
    this.#list = list;
    this.#empty = empty;
    this.#isNewestFirst = isNewestFirst;
    list.addEventListener("scroll", () => {
      this.#isAtEnd = this.#distanceToEnd() < END_DISTANCE;
    });
    // The list gets smaller when a phone's keyboard comes up, or the status gets longer.
    new ResizeObserver(() => this.#follow()).observe(list);
  }

  /** Adds a text; `direction` is "sent" or "received". */
  addText(direction, text) {
    const shown = text.slice(0, TEXT_LEN_MAX);
    const item = this.#add(direction, textElement("p", shown));
    if (text.length > shown.length) {
      item.append(wordsElement("p", "more", { count: text.length - shown.length }, "note"));
    }
    this.#settle(direction);
  }

  /** Adds a binary message of `size` bytes that begins with `start`; a file also has a name. */
  addBinary(direction, size, start, name) {
    const key = name === undefined ? "bytes" : "file";
    const item = this.#add(direction, wordsElement("p", key, { count: size, name }));
    if (size > 0) {
      item.append(textElement("code", hex(start, size)));
    }
    this.#settle(direction);
  }

  /** Adds what happened, in words; `isLoss` if something did not get where it should. */
  addNotice(key, values, isLoss = false) {
    const item = wordsElement("li", key, values, isLoss ? "notice loss" : "notice");
    this.#insert(item);
    this.#settle("notice");
  }

  /** Adds that `texts` did not get where they should, and why, in the words at `key`. */
  addLoss(texts, why, key = "linesLost") {
    const list = document.createElement("ul");
    list.setAttribute("role", "list");
    list.append(...texts.map((text) => textElement("li", text)));
    const item = document.createElement("li");
    item.className = "notice loss";
    item.append(wordsElement("span", key, { count: texts.length, why }), list);
    this.#insert(item);
    this.#settle("notice");
  }

  #insert(item) {
    if (this.#isNewestFirst) {
      this.#list.prepend(item);
    } else {
      this.#list.append(item);
    }
  }

  #add(direction, content) {
    const heading = textElement("p", "", "heading");
    heading.append(wordsElement("span", direction), " ", timeElement(new Date()));
    const item = document.createElement("li");
    item.className = direction;
    item.append(heading, content);
    this.#insert(item);
    return item;
  }

  #settle(direction) {
    this.#empty.hidden = true;
    while (this.#list.childElementCount > MESSAGES_MAX) {
      const { firstElementChild, lastElementChild } = this.#list;
      (this.#isNewestFirst ? lastElementChild : firstElementChild).remove();
    }
    this.#isAtEnd ||= direction === "sent";
    this.#follow();
  }

  /** Whoever scrolled back to read is left there, until they send something. */
  #follow() {
    if (this.#isAtEnd) {
      this.#list.scrollTop = this.#isNewestFirst ? 0 : this.#list.scrollHeight;
    }
  }

  #distanceToEnd() {
    if (this.#isNewestFirst) {
      return this.#list.scrollTop;
    }
    return this.#list.scrollHeight - this.#list.clientHeight - this.#list.scrollTop;
  }
}

/** The bytes of a blob or buffer that a preview shows. */
export async function startOf(data) {
  const start = data.slice(0, PREVIEW_LEN_MAX);
  return new Uint8Array(start instanceof ArrayBuffer ? start : await start.arrayBuffer());
}

function hex(start, size) {
  const lines = [];
  for (let at = 0; at < start.length; at += PREVIEW_LINE_LEN) {
    const line = Array.from(start.subarray(at, at + PREVIEW_LINE_LEN), hexByte);
    lines.push(line.join(" "));
  }
  return lines.join("\n") + (size > start.length ? " …" : "");
}

function hexByte(byte) {
  return byte.toString(16).padStart(2, "0");
}
