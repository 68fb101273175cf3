// What was said in one room, as a list on the page. Owns its length, where a reader is in it, and
// which of it is new to them. What people say and are called becomes text, never markup.

import { textElement, timeElement, wordsElement } from "./elements.js";

/** Entries in the list; older ones make room. */
const ENTRIES_MAX = 500;
/** How far from the end, in pixels, a reader still counts as being there. */
const END_DISTANCE = 48;

export class ChatLog {
  /** The element around the list: as a role of the list itself it would take its items' role away. */
  #log;
  #list;
  #empty;
  /** What the visitor said that is not confirmed, below all else; its items by their keys. */
  #late = document.createElement("ul");
  #lateItems = new Map();
  /** Stands above what is new to the reader; apart from the list when nothing is. */
  #divider = wordsElement("li", "newBelow", {}, "divider");
  #isAtEnd = true;
  #moved;

  /** `moved` is called when the reader comes to the end or leaves it. */
  constructor(place, moved) {
    this.#moved = moved;
    this.#list = document.createElement("ol");
    // A list without markers is one for Safari only if it says so.
    this.#list.setAttribute("role", "list");
    this.#list.className = "said";
    this.#empty = wordsElement("p", "roomEmpty", {}, "empty");
    this.#log = document.createElement("div");
    this.#log.className = "talk";
    this.#log.setAttribute("role", "log");
    this.#log.tabIndex = 0;
    this.#log.setAttribute("aria-labelledby", "room-title");
    this.#log.hidden = true;
    this.#late.setAttribute("role", "list");
    this.#late.className = "said late";
    this.#log.append(this.#empty, this.#list, this.#late);
    place.append(this.#log);
    this.#log.addEventListener("scroll", () => this.#look());
    // It gets smaller when a phone's keyboard comes up, or the status gets longer.
    new ResizeObserver(() => this.#follow()).observe(this.#log);
  }

  get isAtEnd() {
    return this.#isAtEnd;
  }

  /** Adds what somebody said; `isNew` if the reader was not looking. */
  addMessage({ name, text, date, isMine }, isNew) {
    const heading = textElement("p", "", "heading");
    heading.append(nameElement(name), " ", timeElement(date));
    const said = textElement("p", text, "text");
    said.dir = "auto";
    const item = document.createElement("li");
    item.className = isMine ? "message mine" : "message";
    item.append(heading, said);
    if (isNew && !this.#divider.isConnected) {
      this.#list.append(this.#divider);
    }
    this.#isAtEnd ||= isMine;
    this.#add(item);
  }

  /** Adds what happened, in words; `isLoss` if something was missed. */
  addNotice(key, values, isLoss = false) {
    this.#add(wordsElement("li", key, values, isLoss ? "notice loss" : "notice"));
  }

  /** Adds that it is not known whether `texts` of the visitor were delivered, and why, as words. */
  addLoss(texts, why) {
    const lost = document.createElement("ul");
    lost.setAttribute("role", "list");
    lost.append(...texts.map(saidElement));
    const item = document.createElement("li");
    item.className = "notice loss";
    item.append(wordsElement("span", "textsLost", { count: texts.length, why }), lost);
    this.#add(item);
  }

  /** Shows `texts`, by their keys, as said and not confirmed; those that were and are not any more go. */
  showLate(texts) {
    for (const [key, item] of this.#lateItems) {
      if (!texts.has(key)) {
        item.remove();
        this.#lateItems.delete(key);
      }
    }
    for (const [key, text] of texts) {
      if (!this.#lateItems.has(key)) {
        const item = saidElement(text);
        item.append(wordsElement("p", "notConfirmed", {}, "heading"));
        this.#lateItems.set(key, item);
        this.#late.append(item);
        this.#empty.hidden = true;
      }
    }
    this.#follow();
  }

  /** Nothing is new any more. */
  removeDivider() {
    this.#divider.remove();
  }

  show() {
    this.#log.hidden = false;
    // From the first new one on, if there is one.
    if (this.#divider.isConnected) {
      this.#log.scrollTop = this.#divider.offsetTop - this.#log.offsetTop;
      this.#look();
    } else {
      this.toEnd();
    }
  }

  hide() {
    this.#log.hidden = true;
  }

  toEnd() {
    this.#isAtEnd = true;
    this.#follow();
    this.#moved();
  }

  focus() {
    this.#log.focus({ preventScroll: true });
  }

  remove() {
    this.#log.remove();
  }

  #add(item) {
    this.#empty.hidden = true;
    this.#list.append(item);
    while (this.#list.childElementCount > ENTRIES_MAX) {
      this.#list.firstElementChild.remove();
    }
    this.#follow();
  }

  /** Whoever scrolled back to read is left there. */
  #follow() {
    if (this.#isAtEnd) {
      this.#log.scrollTop = this.#log.scrollHeight;
    }
  }

  #look() {
    const { scrollHeight, clientHeight, scrollTop } = this.#log;
    const isAtEnd = scrollHeight - clientHeight - scrollTop < END_DISTANCE;
    // A log that is not shown has no height, and says nothing of its reader.
    if (clientHeight > 0 && isAtEnd !== this.#isAtEnd) {
      this.#isAtEnd = isAtEnd;
      this.#moved();
    }
  }
}

/** An item with a text of the visitor's that is no message of the room, or not yet. */
function saidElement(text) {
  const said = textElement("p", text, "text");
  said.dir = "auto";
  const item = document.createElement("li");
  item.className = "unconfirmed";
  item.append(said);
  return item;
}

/** A name in any script, which turns nothing around it. */
export function nameElement(name) {
  return textElement("bdi", name, "name");
}
