// The rooms that the visitor is in. Owns which of them is shown and what of each is unread; a room
// knows the server, a log its list, and the page's forms are somebody else's.

import { showCount, showPeople, showRooms } from "./chat_lists.js";
import { ChatLog } from "./chat_log.js";
import { Room } from "./chat_room.js";
import { entitle, put } from "./elements.js";
import { remember } from "./memory.js";
import { Status } from "./status.js";

/** Rooms at a time: each is a connection, of which an address may have so many only. */
const ROOMS_MAX = 8;

export class Hall {
  #page;
  /** The rooms by name, in the order in which they were entered, each with its log and what was
   * typed for it. */
  #places = new Map();
  #shown = null;
  #status = new Status(() => this.#shown.room.toggle());
  /** What rooms are told of. */
  #events = {
    changed: (room) => this.#isShown(room) && this.#showStatus(),
    said: (room, message, isOld) => this.#hear(room, message, isOld),
    late: (room, texts) => this.#places.get(room.name)?.log.showLate(texts),
    lost: (room, texts, why) => this.#places.get(room.name)?.log.addLoss(texts, why),
    happened: (room, ...notice) => this.#places.get(room.name)?.log.addNotice(...notice),
    people: (room) => this.#isShown(room) && this.#showPeople(),
  };

  constructor(page) {
    this.#page = page;
    page.newest.addEventListener("click", () => {
      this.#shown.log.toEnd();
      this.#shown.log.focus();
    });
    document.addEventListener("visibilitychange", () => this.#settle());
  }

  get names() {
    return Array.from(this.#places.keys());
  }

  /** The name of the room that is shown; `undefined` if none is. */
  get shown() {
    return this.#shown?.room.name;
  }

  /** Enters the room called `name`, if the visitor is not there yet. */
  enter(name, visitor) {
    if (this.#places.has(name)) {
      return;
    }
    if (this.#places.size === ROOMS_MAX) {
      const other = this.names.find((each) => !this.#isShown(this.#places.get(each).room));
      this.leave(other);
    }
    const room = new Room(name, visitor, this.#events);
    const log = new ChatLog(this.#page.logs, () => this.#settle());
    this.#places.set(name, { room, log, draft: "" });
    room.open();
    this.#keep();
  }

  /** Leaves the room called `name`, by default the one that is shown. */
  leave(name = this.#shown.room.name) {
    const place = this.#places.get(name);
    this.#places.delete(name);
    place.room.close();
    place.log.remove();
    if (this.#shown === place) {
      this.#shown = null;
    }
    this.#keep();
  }

  /** Calls the visitor by another name everywhere. */
  rename(visitor) {
    for (const { room } of this.#places.values()) {
      room.rename(visitor);
    }
  }

  /** Shows the room called `name`, which was entered. */
  show(name) {
    const { text } = this.#page;
    const place = this.#places.get(name);
    if (this.#shown !== null && this.#shown !== place) {
      this.#shown.draft = text.value;
      this.#shown.log.removeDivider();
      this.#shown.log.hide();
    }
    if (this.#shown !== place) {
      text.value = place.draft;
    }
    this.#shown = place;
    this.#page["room-title"].textContent = name;
    this.#page.leave.disabled = this.#places.size === 1;
    place.log.show();
    this.#settle();
    this.#showStatus();
    this.#showPeople();
  }

  /** Says `text` in the room that is shown; `false` if that is not possible now. */
  say(text) {
    const { room, log } = this.#shown;
    const isSent = room.say(text);
    if (isSent) {
      log.removeDivider();
      log.toEnd();
    }
    return isSent;
  }

  #isShown(room) {
    return this.#shown?.room === room;
  }

  #hear(room, message, isOld) {
    const log = this.#places.get(room.name)?.log;
    if (log === undefined) {
      return;
    }
    const isSeen = this.#isShown(room) && !document.hidden;
    const isUnread = !message.isMine && !(isSeen && log.isAtEnd) && !isOld;
    log.addMessage(message, isUnread && !isSeen);
    if (isUnread) {
      room.unread += 1;
      this.#showUnread();
    }
  }

  /** What is in front of the visitor is read. */
  #settle() {
    if (this.#shown === null || document.hidden) {
      return;
    }
    if (this.#shown.log.isAtEnd) {
      this.#shown.room.unread = 0;
    }
    this.#showUnread();
  }

  #showUnread() {
    if (this.#shown === null) {
      return;
    }
    const { room: current, log } = this.#shown;
    const rooms = Array.from(this.#places.values(), ({ room }) => room);
    const count = rooms.reduce((sum, { unread }) => sum + unread, 0);
    entitle(count > 0 ? "chatPageUnread" : "chatPage", { count });
    showRooms(this.#page.rooms, rooms, current);
    const elsewhere = count - current.unread;
    const isQuiet = elsewhere === 0;
    put(this.#page["show-rooms"], isQuiet ? "showRooms" : "showRoomsUnread", {
      count: isQuiet ? rooms.length : elsewhere,
    });
    this.#page.newest.hidden = log.isAtEnd;
    const newest = current.unread > 0 ? "newestUnread" : "newest";
    put(this.#page.newest, newest, { count: current.unread });
  }

  #showStatus() {
    const { room } = this.#shown;
    this.#status.show(room.state, room.details, room.address);
    this.#page.send.disabled = room.state !== "open";
  }

  #showPeople() {
    const { room } = this.#shown;
    showPeople(this.#page.people, room);
    showCount([this.#page["people-title"], this.#page["show-people"]], room);
  }

  #keep() {
    remember("rooms", JSON.stringify(this.names));
  }
}
