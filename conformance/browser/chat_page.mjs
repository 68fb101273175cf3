// The chat as people use it: several of them at once, some of whom lose their connection.

import { equal } from "../interop/lib/checks.mjs";
import { checkAccess } from "./lib/axe.mjs";
import { PHONE } from "./lib/screens.mjs";
import { company } from "./lib/company.mjs";
import { Cable, House } from "./lib/house.mjs";

// What stands in the log that is shown.
const TEXTS = ".talk .message .text";
const NOTICES = ".talk .notice";
// What was said and is not confirmed.
const LATE = ".talk .late .text";
const PEOPLE = "#people .name";

const CAUGHT_UP = "Connected again: here are 3 messages that you missed.";
const MISSED_NOTHING = "Connected again. You missed nothing.";

let rooms = 0;

/** A room in which nobody has been. */
function newRoom() {
  rooms += 1;
  return `room ${rooms}`;
}

/** Somebody called `name` in `room`. */
export async function enters(person, name, room) {
  await person.visit(`demo/chat#${encodeURIComponent(room)}`);
  await person.says(name, "#name");
  await person.isState("open");
  // Also where the list is folded away.
  await person.until(
    `${name} is in the list`,
    (name) =>
      Array.from(document.querySelectorAll("#people .name")).some(
        (each) => each.textContent === name,
      ),
    name,
  );
}

export async function checkChat(checks, { house, cable, first, second }, program) {
  const check = company(checks, { house, cable });

  for (const [own, other] of [
    [first, second],
    [second, first],
  ]) {
    await check("people in a room see each other and the same", [own, other, own], meet);
    await check("who comes later sees what was said", [own, other], comeLater);
    await check("unread messages are marked in title and list", [own, other], markUnread);
    await check("a cut connection comes back with what it missed", [own, other], (a, b) =>
      loseConnection(a, b, cable),
    );
    await check("what was sent into a dying connection is said once", [own, other], (a, b) =>
      sayIntoTheVoid(a, b, cable),
    );
    await check("who missed more than is kept sees the newest", [own, other], (a, b) =>
      missTooMuch(a, b, cable),
    );
    await check("a name that is taken becomes another one", [own, other], shareName);
    await check("a reader who scrolled back is left there", [own, other], scrollBack);
    await check("a name and a room by keyboard alone", [own], useKeyboard);
  }
  await check("a server that fails and forgets everything says so", [second, first], (a, b) =>
    loseServer(a, b, house, "SIGKILL"),
  );
  await check("a server that is restarted is waited for", [first, second], (a, b) =>
    loseServer(a, b, house, "SIGTERM"),
  );
  await checkFinal(checks, [first, second], program);
  await checks.check("chat on a phone", () => usePhone(first, house));
}

/** At a server that takes short messages only. */
async function checkFinal(checks, makers, program) {
  const limits = ["--websocket-message-len-max", "1K", "--chat-text-chars-max", "64"];
  const strict = new House(program, limits);
  await strict.start();
  const cable = new Cable(strict.port);
  await cable.lay();
  const check = company(checks, { house: strict, cable });
  try {
    for (const maker of makers) {
      await check("what ends the connection is told, and not sent again", [maker], sayWhatIsFinal);
    }
  } finally {
    cable.remove();
    await strict.end();
  }
}

async function meet(anna, ali, third) {
  const room = newRoom();
  await enters(anna, "Анна", room);
  await enters(ali, "علي 2", room);
  await enters(third, "<i>Bob</i>", room);
  for (const person of [anna, ali, third]) {
    await person.until("three people", () => document.querySelectorAll("#people .name").length === 3);
  }
  const said = ["Привет, <b>мир</b>!", "<script>alert(1)</script>", "שלום"];
  for (const [index, text] of said.entries()) {
    const person = [anna, ali, third][index % 3];
    await person.writes("#text", text);
    await person.clicks("#send");
    await person.sees(TEXTS, text);
  }
  said.push(await twoLines(anna));
  for (const person of [anna, ali, third]) {
    await person.comes();
    await person.readsAll(TEXTS, said);
    equal("the newest is in sight", await person.isInSight(TEXTS), true);
  }
  const names = await anna.reads(".talk .message .name");
  equal("who said it", names.join(), "Анна,علي 2,<i>Bob</i>,Анна");
  await third.leave();
  await anna.until("who left", () => document.querySelectorAll("#people .name").length === 2);
}

async function twoLines(person) {
  await person.writes("#text", "two");
  await person.page.keyboard.down("Shift");
  await person.presses("Enter");
  await person.page.keyboard.up("Shift");
  await person.page.keyboard.type("lines");
  await person.presses("Enter");
  return "two\nlines";
}

async function comeLater(anna, late) {
  const room = newRoom();
  await enters(anna, "Anna", room);
  for (const text of ["one", "two"]) await anna.says(text);
  await anna.readsAll(TEXTS, ["one", "two"]);
  await enters(late, "Late", room);
  await late.readsAll(TEXTS, ["one", "two"]);
  equal("nothing of it is new", (await late.reads(".divider")).length, 0);
}

async function markUnread(anna, bob) {
  const [quiet, busy] = [newRoom(), newRoom()];
  await enters(anna, "Anna", busy);
  await anna.says(quiet, "#room");
  await anna.readsAll("#room-title", [quiet]);
  await enters(bob, "Bob", busy);
  for (const text of ["one", "two"]) await bob.says(text);
  await anna.readsAll("#rooms .unread", ["2"]);
  await anna.until("the title", () => document.title === "(2) Chat - Sockeye");
  const label = await anna.page.evaluate(
    () => document.querySelector("#rooms .unread").parentElement.ariaLabel,
  );
  equal("to be heard", label, `${busy}: 2 unread messages`);
  await checkAccess(anna);
  await anna.shoots("chat-unread");
  await anna.clicks("#rooms li:first-child a");
  await anna.readsAll(TEXTS, ["one", "two"]);
  await anna.shoots("chat-new");
  await anna.readsAll("#rooms .unread", []);
  equal("what is new", (await anna.reads(".talk .divider")).join(), "New messages");
  await anna.until("the title", () => document.title === "Chat - Sockeye");
}

async function loseConnection(anna, bob, cable) {
  const room = newRoom();
  await enters(anna, "Anna", room);
  await enters(bob, "Bob", room);
  await bob.says("before");
  await anna.readsAll(TEXTS, ["before"]);
  cable.cut();
  await anna.isState("waiting");
  await anna.says("typed in between");
  await anna.sees("#hint", "Not sent");
  await anna.shoots("chat-cut");
  await checkAccess(anna);
  const missed = ["one", "two", "three"];
  for (const text of missed) await bob.says(text);
  await bob.readsAll(TEXTS, ["before", ...missed]);
  cable.mend();
  await anna.until("trying again at once", () => {
    const isWaiting = document.getElementById("status").dataset.state === "waiting";
    if (isWaiting) document.getElementById("toggle").click();
    return isWaiting || document.getElementById("status").dataset.state === "open";
  });
  await anna.sees(NOTICES, CAUGHT_UP);
  await anna.readsAll(TEXTS, ["before", ...missed]);
  const typed = await anna.page.evaluate(() => document.getElementById("text").value);
  equal("what was typed", typed, "typed in between");
  await anna.clicks("#send");
  const all = ["before", ...missed, "typed in between"];
  for (const person of [anna, bob]) await person.readsAll(TEXTS, all);

  // By itself as well, and with nothing to tell.
  cable.cut();
  await anna.isState("waiting");
  cable.mend();
  await anna.sees(NOTICES, MISSED_NOTHING);
  for (const person of [anna, bob]) await person.readsAll(TEXTS, all);
}

async function sayIntoTheVoid(anna, bob, cable) {
  const room = newRoom();
  await enters(anna, "Anna", room);
  await enters(bob, "Bob", room);
  // It never arrives, and is sent again.
  cable.lose("there");
  await anna.says("lost on its way there");
  // Nobody confirms it: it stays in sight.
  await anna.readsAll(LATE, ["lost on its way there"]);
  cable.cut();
  await anna.isState("waiting");
  await anna.readsAll(LATE, ["lost on its way there"]);
  await anna.shoots("chat-late");
  await checkAccess(anna);
  cable.mend();
  for (const person of [anna, bob]) await person.readsAll(TEXTS, ["lost on its way there"]);
  // It arrives, but the news of that do not; and it must not be there twice.
  cable.lose("back");
  await anna.says("lost on its way back");
  await bob.sees(TEXTS, "lost on its way back");
  cable.cut();
  await anna.isState("waiting");
  cable.mend();
  await anna.isState("open");
  await anna.says("the end");
  const all = ["lost on its way there", "lost on its way back", "the end"];
  for (const person of [anna, bob]) await person.readsAll(TEXTS, all);
  await anna.readsAll(LATE, []);
}

/** What the server closes the connection for is told, and not sent with each new connection. */
async function sayWhatIsFinal(anna) {
  await enters(anna, "Anna", newRoom());
  const long = "я".repeat(700);
  // What is too long the page would not send.
  await anna.page.evaluate(async () => {
    const { limits } = await import("/assets/limits.js");
    limits.textChars = Infinity;
  });
  await anna.says(long);
  await anna.isState("closed");
  await anna.sees("#state", "1009");
  await anna.sees(NOTICES, "perhaps not delivered: 1 message");
  await anna.readsAll(".talk .notice.loss .text", [long]);
  await anna.readsAll(LATE, []);
  await anna.shoots("chat-final");
  await checkAccess(anna);
  await anna.clicks("#toggle");
  await anna.isState("open");
  await anna.says("short");
  await anna.readsAll(TEXTS, ["short"]);
}

/** Publishes more than a room keeps, from within the page of `person`. */
async function sayMuch(person, room, count) {
  await person.page.evaluate(
    async ({ room, count }) => {
      const address = new URL(`../chat?room=${encodeURIComponent(room)}`, location.href);
      const each = 20;
      for (let at = 0; at < count; at += each) {
        const socket = new WebSocket(address.href.replace(/^http/, "ws"));
        const tell = (fields) => socket.send(JSON.stringify(fields));
        const when = (isIt) =>
          new Promise((resolve) => {
            socket.addEventListener("message", ({ data }) => isIt(JSON.parse(data)) && resolve());
          });
        socket.addEventListener("open", () => tell({ type: "username", name: `crowd ${at}` }));
        await when(({ type }) => type === "named");
        for (let next = at; next < at + each; next += 1) {
          tell({ type: "message", text: `message ${next}`, key: String(next) });
        }
        await when(({ type, key }) => type === "accepted" && key === String(at + each - 1));
        socket.close();
      }
    },
    { room, count },
  );
}

/** Who missed more than the room keeps sees the newest, behind a gap of so many. */
async function missTooMuch(anna, bob, cable) {
  const room = newRoom();
  await enters(anna, "Anna", room);
  await anna.says("before");
  await anna.readsAll(TEXTS, ["before"]);
  await enters(bob, "Bob", room);
  cable.cut();
  await anna.isState("waiting");
  await sayMuch(bob, room, 160);
  cable.mend();
  await anna.sees(NOTICES, "some messages are lost to you");
  await anna.sees(".talk .notice.loss", "110 messages are missing here.");
  const newest = Array.from({ length: 50 }, (_, index) => `message ${110 + index}`);
  await anna.readsAll(TEXTS, ["before", ...newest]);
  await anna.shoots("chat-gap");
  await bob.says("after");
  await anna.sees(TEXTS, "after");
}

async function loseServer(anna, bob, house, signal) {
  const room = newRoom();
  await enters(anna, "Anna", room);
  await enters(bob, "Bob", room);
  await bob.says("before");
  await anna.readsAll(TEXTS, ["before"]);
  await house.end(signal);
  for (const person of [anna, bob]) await person.isState("waiting");
  await house.start();
  for (const person of [anna, bob]) {
    await person.isState("open");
    await person.sees(".talk .notice.loss", "is lost");
    await checkAccess(person);
  }
  await anna.shoots("chat-loss");
  await bob.says("after");
  await anna.readsAll(TEXTS, ["before", "after"]);
}

async function shareName(anna, other) {
  const room = newRoom();
  await enters(anna, "Anna", room);
  await enters(other, "Anna", room);
  await other.sees(NOTICES, "somebody has the name that you chose");
  const names = await anna.until("two people", () => {
    const shown = Array.from(document.querySelectorAll("#people .name"), (each) => each.textContent);
    return shown.length === 2 && shown;
  });
  equal("different names", new Set(names).size, 2);
  await other.clicks("#rename");
  await other.says("Berta", "#name");
  await anna.sees(PEOPLE, "Berta");
}

async function scrollBack(anna, bob) {
  const room = newRoom();
  await enters(anna, "Anna", room);
  await enters(bob, "Bob", room);
  for (let index = 0; index < 20; index += 1) await bob.says(`message ${index}`);
  await anna.sees(TEXTS, "message 19");
  equal("the newest is in sight", await anna.isInSight(TEXTS), true);
  await anna.page.evaluate(() => (document.querySelector(".talk:not([hidden])").scrollTop = 0));
  await anna.sees("#newest", "To the newest message");
  await bob.says("one more");
  await anna.sees("#newest", "1 new message below");
  await anna.shoots("chat-scrolled-back");
  equal("left where they read", await anna.isInSight(TEXTS), false);
  await anna.clicks("#newest");
  await anna.until("gone", () => document.getElementById("newest").hidden);
  equal("the newest is in sight", await anna.isInSight(TEXTS), true);
}

/** Tabs until the element called `id` has the focus. */
async function tabsTo(person, id) {
  for (let count = 0; count < 20; count += 1) {
    const found = await person.page.evaluate((id) => document.activeElement.id === id, id);
    if (found) return;
    await person.presses("Tab");
  }
  throw new Error(`${id} is not reached by keyboard`);
}

async function useKeyboard(anna) {
  const room = newRoom();
  await anna.visit("demo/chat");
  // The field for the name has the focus.
  await anna.page.keyboard.type("Anna");
  await anna.presses("Enter");
  await anna.isState("open");
  await anna.page.evaluate(() => document.activeElement.blur());
  await tabsTo(anna, "room");
  await anna.page.keyboard.type(room);
  await anna.presses("Enter");
  await anna.readsAll("#room-title", [room]);
  await anna.isState("open");
  // The focus is where the next message is written.
  await anna.page.keyboard.type("by hand");
  await anna.presses("Enter");
  await anna.readsAll(TEXTS, ["by hand"]);
  const roles = await anna.page.evaluate(() => {
    const log = document.querySelector(".talk:not([hidden])");
    return [log.getAttribute("role"), log.tabIndex, document.getElementById("status").role].join();
  });
  equal("roles", roles, "log,0,status");
}

async function usePhone(maker, house) {
  const person = await maker.person(house.site, { viewport: PHONE });
  try {
    const room = newRoom();
    await enters(person, "Anna", room);
    for (const text of ["hello", "longword".repeat(20)]) await person.says(text);
    await person.sees(TEXTS, "longword");
    equal("people are folded", (await person.reads(PEOPLE)).length, 0);
    await person.clicks("#show-people");
    await person.sees(PEOPLE, "Anna");
    await checkAccess(person);
    await person.clicks("#show-rooms");
    await person.sees("#rooms a", room);
    await checkAccess(person);
    await person.shoots("chat-phone-rooms");
    await person.clicks("#show-rooms");
    equal("the newest is in sight", await person.isInSight(TEXTS), true);
    const width = await person.page.evaluate(() => document.documentElement.scrollWidth);
    equal("the page's width", width, PHONE.width);
    await person.shoots("chat-phone");
  } finally {
    await person.leave();
  }
}
