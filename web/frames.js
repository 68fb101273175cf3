// The frame view: the connections of this browser and their frames, as the server tells of them. Owns
// what is chosen and filtered; the feed, the table and the details look after themselves.

import { addressOf } from "./connection.js";
import { clear, put, textElement, translatePage, whenSwitched } from "./elements.js";
import { ConnectionList } from "./frames/connections.js";
import { Details } from "./frames/details.js";
import { Feed } from "./frames/feed.js";
import { archiveOf } from "./frames/har.js";
import { textOf } from "./frames/payload.js";
import { Store, kindOf } from "./frames/store.js";
import { FrameTable } from "./frames/table.js";
import { WORDS } from "./frames/words.js";
import { learn } from "./language.js";

learn(WORDS);
translatePage("framesPage");

const page = Object.fromEntries(
  [
    "admin", "admin-form", "again", "clear", "connections", "details", "direction", "export", "filter", "hint",
    "kind", "no-connections", "pause", "rows", "scroller", "search", "shown", "status", "token", "unrecorded",
  ].map((id) => [id, document.getElementById(id)]),
);
const store = new Store();
const details = new Details(page.details);
const table = new FrameTable(page.rows, page.scroller, (frame, isPointed) => {
  details.showFrame(frame);
  // Where the panes are below each other, nothing would happen in sight.
  if (isPointed && matchMedia("(max-width: 44rem)").matches) {
    page.details.parentElement.scrollIntoView();
  }
});
const list = new ConnectionList(page.connections, (connection) => {
  choose(connection);
  showConnections();
});

/** The connection whose frames are shown; none, until there is one. */
let chosen = null;
/** Frames of it that the table has seen. */
let seen = 0;
let hello = null;
let isPaused = false;
let connectionsMax = 0;

const RECORDING = { on: "feedOn", full: "feedFull", unknown: "feedUnknown", off: "feedOff" };

const feed = new Feed(addressOf("frames"), {
  hello(said) {
    if (hello === null || !said.is_admin) {
      store.restart();
    }
    hello = said;
    connectionsMax = said.connections_max;
    page.admin.hidden = !said.has_admin || said.is_admin;
    showStatus();
    showConnections();
  },
  news(news) {
    const changed = store.take(news);
    if (!isThere(chosen)) {
      chooseNewest();
    } else if (changed.has(chosen.id)) {
      follow();
    }
    showConnections();
  },
  lost(seconds, key) {
    hello = null;
    const words = key === undefined ? "feedLost" : "feedNotNow";
    status(words, "lost", key === undefined ? { seconds } : { seconds, why: { key } });
  },
  barred(key) {
    hello = null;
    status(key, "lost");
    page.again.hidden = false;
  },
  refused() {
    hello = null;
    put(page.hint, "tokenWrong");
  },
});

page.again.addEventListener("click", () => {
  status("feedConnecting", "connecting");
  page.again.hidden = true;
  // The button that had it is gone.
  page.pause.focus();
  feed.again();
});

function status(words, state, values) {
  put(page.status, words, values);
  page.status.dataset.state = state;
}

function showStatus() {
  if (isPaused) {
    status("feedPaused", "paused");
  } else if (hello?.is_admin) {
    status("feedAdmin", "on");
  } else if (hello !== null) {
    status(RECORDING[hello.recording], hello.recording);
  }
}

function showConnections() {
  const { connections, unrecorded } = store;
  list.show(connections.values(), chosen);
  page["no-connections"].hidden = connections.size > 0;
  if (unrecorded > 0) {
    put(page.unrecorded, "unrecorded", { count: unrecorded, max: connectionsMax });
  } else {
    clear(page.unrecorded);
  }
}

/** Whether `connection` is one that the server still knows. */
function isThere(connection) {
  return connection !== null && store.connections.get(connection.id) === connection;
}

function chooseNewest() {
  choose(Array.from(store.connections.values()).at(-1) ?? null);
}

function choose(connection) {
  chosen = connection;
  table.unchoose();
  if (connection === null) {
    details.showNothing();
  } else {
    details.showConnection(connection);
  }
  filter();
}

/** Shows what came since. */
function follow() {
  const fresh = chosen.frames.filter((frame) => frame.number >= seen);
  seen = chosen.next;
  table.add(fresh.filter(isShown));
  if (chosen.end !== null && !table.hasChosen) {
    details.showConnection(chosen);
  }
  count("off");
}

/** Shows what the filter lets through. */
function filter() {
  seen = chosen?.next ?? 0;
  table.show(chosen?.frames.filter(isShown) ?? []);
  count("polite");
}

/** Says how many frames are shown; `live` is whether a screen reader speaks it: not of each frame. */
function count(live) {
  page.shown.ariaLive = live;
  if (chosen === null) {
    clear(page.shown);
  } else {
    put(page.shown, "shownCount", { count: table.size });
  }
}

function isShown(frame) {
  const { direction, kind, search } = page;
  const wanted = search.value.toLowerCase();
  return (
    (direction.value === "all" || direction.value === frame.from) &&
    (kind.value === "all" || kind.value === kindOf(frame)) &&
    (wanted === "" || textOf(frame.payload).toLowerCase().includes(wanted))
  );
}

function save() {
  const archive = archiveOf(Array.from(store.connections.values()));
  const blob = new Blob([JSON.stringify(archive, null, 2)], { type: "application/json" });
  const link = textElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${location.hostname}.har`;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

page.filter.addEventListener("submit", (event) => event.preventDefault());
page.filter.addEventListener("input", filter);
page.export.addEventListener("click", save);
page.clear.addEventListener("click", () => {
  feed.clear();
  store.clear();
  if (isThere(chosen)) {
    choose(chosen);
  } else {
    chooseNewest();
  }
  showConnections();
});
page.pause.addEventListener("click", () => {
  isPaused = !isPaused;
  page.pause.ariaPressed = String(isPaused);
  put(page.pause, isPaused ? "resume" : "pause");
  feed.pause(isPaused);
  showStatus();
});
page["admin-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  feed.becomeAdmin(page.token.value);
  page.token.value = "";
  clear(page.hint);
});
whenSwitched(() => {
  showConnections();
  table.renew();
  details.renew();
});
status("feedConnecting", "connecting");
details.showNothing();
