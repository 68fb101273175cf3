// The chat's page: its forms, its panels, and the room in its address. Owns who the visitor is; which
// rooms there are and what is said in them is the hall's.

import { Hall } from "./chat_hall.js";
import { CHAT_WORDS } from "./chat_words.js";
import { clear, learn, put, translatePage } from "./language.js";
import { recall, remember } from "./memory.js";

/** Where visitors begin who come without the name of a room. */
const FIRST_ROOM = "lobby";
/** Characters of a room's name: whatever they are, their bytes fit in an address. */
const ROOM_CHARS_MAX = 32;
const PANELS = ["rooms", "people"];

const page = Object.fromEntries(
  Array.from(document.querySelectorAll("[id]"), (element) => [element.id, element]),
);
const hall = new Hall(page);

/** The name that the visitor chose. */
let visitor = recall("name") ?? "";

function roomInAddress() {
  try {
    const name = decodeURIComponent(location.hash.slice(1)).trim();
    return Array.from(name).slice(0, ROOM_CHARS_MAX).join("");
  } catch {
    return "";
  }
}

/** Goes to the room called `name`, by way of the address. */
function goTo(name) {
  const hash = `#${encodeURIComponent(name)}`;
  if (location.hash === hash) {
    follow();
  } else {
    location.hash = hash;
  }
}

/** Shows the room of the address, which is entered if the visitor is not there yet. */
function follow() {
  if (page.hall.hidden) {
    return;
  }
  const name = roomInAddress() || FIRST_ROOM;
  hall.enter(name, visitor);
  hall.show(name);
  clear(page.hint);
  fold();
}

/** The rooms of the last visit. */
function keptRooms() {
  try {
    const names = JSON.parse(recall("rooms"));
    return names.filter((name) => typeof name === "string" && name !== "");
  } catch {
    return [];
  }
}

function join() {
  visitor = page.name.value.trim();
  remember("name", visitor);
  page.join.hidden = true;
  page.hall.hidden = false;
  document.body.classList.add("joined");
  if (hall.names.length > 0) {
    hall.rename(visitor);
  } else {
    const linked = roomInAddress();
    for (const name of keptRooms()) {
      hall.enter(name, visitor);
    }
    goTo(linked || (hall.names[0] ?? FIRST_ROOM));
  }
  page.text.focus({ preventScroll: true });
}

function askForName() {
  page.join.hidden = false;
  page.hall.hidden = true;
  document.body.classList.remove("joined");
  page.name.focus();
}

function send() {
  const text = page.text.value.trim();
  if (text !== "" && hall.say(text)) {
    clear(page.hint);
    page.text.value = "";
  } else if (text !== "") {
    put(page.hint, "stays");
  }
  page.text.focus();
}

/** On a narrow page a panel is shown when it is asked for. */
function unfold(name) {
  const isOpen = page[`show-${name}`].getAttribute("aria-expanded") === "true";
  fold();
  page[`show-${name}`].setAttribute("aria-expanded", String(!isOpen));
  page[`${name}-panel`].classList.toggle("open", !isOpen);
}

function fold() {
  for (const name of PANELS) {
    page[`show-${name}`].setAttribute("aria-expanded", "false");
    page[`${name}-panel`].classList.remove("open");
  }
}

function onSubmit(form, act) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

learn(CHAT_WORDS);
translatePage("chatPage");
onSubmit(page.join, join);
onSubmit(page.composer, send);
onSubmit(page.enter, () => {
  goTo(page.room.value.trim() || FIRST_ROOM);
  page.room.value = "";
  page.text.focus();
});
page.text.addEventListener("keydown", (event) => {
  // While a word is composed, Enter ends the word.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});
page.leave.addEventListener("click", () => {
  hall.leave();
  goTo(hall.names[0]);
});
page.rename.addEventListener("click", askForName);
for (const name of PANELS) {
  page[`show-${name}`].addEventListener("click", () => unfold(name));
}
addEventListener("hashchange", follow);
page.name.value = visitor;
if (visitor === "") {
  page.name.focus();
} else {
  join();
}
