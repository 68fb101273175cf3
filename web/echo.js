// The echo page: a person at one end, a WebSocket at the other. Owns the connection and what the page
// shows of it; the list of messages looks after itself.

import { explain } from "./closing.js";
import { number, say, sayCount, translatePage } from "./language.js";
import { MessageList, startOf } from "./messages.js";

/** The longest message that the server accepts. */
const MESSAGE_LEN_MAX = 16 * 1024 * 1024;

// Beside this script's folder, wherever a proxy may have mounted the server.
const address = new URL("../echo", import.meta.url).href.replace(/^http/, "ws");

const page = Object.fromEntries(
  ["composer", "detail", "file", "hint", "send", "state", "status", "text", "toggle"].map((id) => [
    id,
    document.getElementById(id),
  ]),
);
const messages = new MessageList(
  document.getElementById("messages"),
  document.getElementById("empty"),
);

/** What the button does in each state of the connection. */
const TOGGLES = {
  connecting: { words: "cancel", act: () => socket.close() },
  open: { words: "close", act: closeSocket },
  closing: { words: "close", act: null },
  closed: { words: "reconnect", act: connect },
};

/** The one connection; a closed one is replaced, never reused. */
let socket;
let state = "closed";

function show(newState, words, detail) {
  state = newState;
  page.status.dataset.state = state;
  page.state.textContent = words;
  page.detail.textContent = detail;
  const toggle = TOGGLES[state];
  page.toggle.textContent = say(toggle.words);
  page.toggle.disabled = toggle.act === null;
  page.send.disabled = page.file.disabled = state !== "open";
}

function connect() {
  show("connecting", say("connecting"), address);
  hint("");
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    show("open", say("open"), address);
    page.text.focus({ preventScroll: true });
  });
  socket.addEventListener("message", (event) => receive(event.data));
  // There is no "error" listener: a "close" event always follows, and says more.
  socket.addEventListener("close", showClosed);
}

function closeSocket() {
  show("closing", say("closing"), address);
  socket.close(1000);
}

function showClosed({ code, reason, wasClean }) {
  const cleanness = say(wasClean ? "clean" : "unclean");
  const detail = [explain(code)];
  if (reason !== "") {
    detail.push(say("reason", { reason }));
  }
  show("closed", say("closed", { code, cleanness }), detail.join(" "));
}

async function receive(data) {
  if (typeof data === "string") {
    messages.addText("received", data);
  } else {
    messages.addBinary("received", data.byteLength, await startOf(data));
  }
}

function sendText() {
  if (state !== "open") {
    hint(say("notOpen"));
    return;
  }
  hint("");
  socket.send(page.text.value);
  messages.addText("sent", page.text.value);
  page.text.value = "";
  page.text.focus();
}

async function sendFile(file) {
  if (file.size > MESSAGE_LEN_MAX) {
    hint(sayCount("tooLarge", file.size, { limit: number(MESSAGE_LEN_MAX) }));
    return;
  }
  let data;
  try {
    data = await file.arrayBuffer();
  } catch {
    hint(say("unreadable"));
    return;
  }
  // The connection may have ended while the file was read.
  if (state !== "open") {
    hint(say("notOpen"));
    return;
  }
  hint("");
  const start = await startOf(data);
  socket.send(data);
  messages.addBinary("sent", data.byteLength, start, file.name);
}

function hint(words) {
  page.hint.textContent = words;
}

translatePage("echoPage");
page.toggle.addEventListener("click", () => TOGGLES[state].act?.());
page.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  sendText();
});
page.file.addEventListener("change", async () => {
  const [file] = page.file.files;
  if (file !== undefined) {
    await sendFile(file);
    // So that the same file can be picked again.
    page.file.value = "";
  }
});
connect();
