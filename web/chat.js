// The chat's page: its forms, its panels, and the room in its address. Owns who the visitor is; which
// rooms there are and what is said in them is the hall's.

import { Hall } from "./chat_hall.js";
import { CHAT_WORDS } from "./chat_words.js";
import { clear, put, translatePage } from "./elements.js";
import { Field } from "./field.js";
import { learn } from "./language.js";
import { asTold, bytesOf, limits, limitsKnown } from "./limits.js";
import { recall, remember } from "./memory.js";

/** Where visitors begin who come without the name of a room. */
const FIRST_ROOM = "lobby";
const PANELS = ["rooms", "people"];

const page = Object.fromEntries(
  Array.from(document.querySelectorAll("[id]"), (element) => [element.id, element]),
);
const hall = new Hall(page);
const nameField = new Field(page.name, {
  clean: asTold,
  max: () => limits.nameChars,
  missing: "nameMissing",
  tooLong: "nameTooLong",
});
const roomField = new Field(page.room, {
  measure: bytesOf,
  max: () => limits.roomBytes,
  missing: "roomMissing",
  left: "roomLeft",
  tooLong: "roomTooLong",
});
const textField = new Field(page.text, { max: () => limits.textChars, tooLong: "textTooLong" });

/** The name that the visitor chose. */
let visitor = recall("name") ?? "";

function roomInAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1)).trim();
  } catch {
    return "";
  }
}

/** Why `name` can be no room, as words; `null` if it can. */
function faultOfRoom(name) {
  const excess = bytesOf(name) - limits.roomBytes;
  if (excess > 0) {
    return { key: "roomTooLong", values: { count: excess, limit: limits.roomBytes } };
  }
  return /\p{Cc}/u.test(name) ? { key: "roomUnnamable" } : null;
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
  let name = roomInAddress() || FIRST_ROOM;
  const fault = faultOfRoom(name);
  if (fault !== null) {
    name = hall.shown ?? hall.names[0] ?? FIRST_ROOM;
    history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  }
  hall.enter(name, visitor);
  hall.show(name);
  textField.look();
  clear(page.hint);
  if (fault !== null) {
    put(page.hint, fault.key, fault.values);
  }
  fold();
}

/** The rooms of the last visit. */
function keptRooms() {
  try {
    const names = JSON.parse(recall("rooms"));
    return names.filter(
      (name) => typeof name === "string" && name !== "" && faultOfRoom(name) === null,
    );
  } catch {
    return [];
  }
}

function join() {
  visitor = nameField.text;
  nameField.empty();
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
  const text = textField.check() ?? "";
  if (text !== "" && hall.say(text)) {
    clear(page.hint);
    page.text.value = "";
    textField.empty();
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
onSubmit(page.join, () => nameField.check() !== null && join());
onSubmit(page.composer, send);
onSubmit(page.enter, () => {
  const name = roomField.check();
  if (name !== null) {
    page.room.value = "";
    roomField.empty();
    goTo(name);
    page.text.focus();
  }
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
  // Which rooms can be entered is known then.
  await limitsKnown;
  join();
}
