// The lists beside a conversation: the rooms with what is unread in them, and who is here. Own those
// elements; never what they tell of.

import { nameElement } from "./chat_log.js";
import { label, put, wordsElement } from "./elements.js";

/** Shows `rooms` in `list`; each is a link, so that it can be shared and opened twice. */
export function showRooms(list, rooms, current) {
  const items = rooms.map((room) => {
    const link = document.createElement("a");
    link.href = `#${encodeURIComponent(room.name)}`;
    link.append(nameElement(room.name));
    if (room === current) {
      link.setAttribute("aria-current", "page");
    }
    if (room.unread > 0) {
      const count = { count: room.unread };
      link.append(" ", wordsElement("span", "unread", count, "unread"));
      label(link, "roomUnread", { ...count, room: room.name });
    }
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  replaceItems(list, items);
}

/** Shows how many are in a room, in each of `places`. */
export function showCount(places, { peopleCount: count }) {
  const known = count === null ? "peopleHidden" : "peopleTitle";
  const words = count === undefined ? "peopleUnknown" : known;
  for (const place of places) {
    put(place, words, { count });
  }
}

/** Shows in `list` who is in a room. */
export function showPeople(list, { people, peopleCount, me }) {
  const items = people.map((name) => {
    const item = document.createElement("li");
    item.append(nameElement(name));
    if (name === me) {
      item.append(" ", wordsElement("span", "you", {}, "note"));
    }
    return item;
  });
  // The server names some only where there are very many.
  if (peopleCount > people.length) {
    items.push(wordsElement("li", "morePeople", { count: peopleCount - people.length }));
  }
  replaceItems(list, items);
}

/** Whoever is at a link of the list by keyboard stays there. */
function replaceItems(list, items) {
  const links = Array.from(list.querySelectorAll("a"));
  const href = links.find((link) => link === document.activeElement)?.getAttribute("href");
  list.replaceChildren(...items);
  if (href !== undefined) {
    list.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus();
  }
}
