// The echo page: a person at one end, a WebSocket at the other. Owns the connection and what the page
// shows of it; the list of messages looks after itself.

import { addressOf } from "./connection.js";
import { clear, put, translatePage } from "./elements.js";
import { bytesOf, limits } from "./limits.js";
import { MessageList, startOf } from "./messages.js";
import { whyRefused } from "./opening.js";
import { Status } from "./status.js";

const address = addressOf("echo");
const page = Object.fromEntries(
  ["composer", "file", "hint", "send", "text"].map((id) => [id, document.getElementById(id)]),
);
const messages = new MessageList(
  document.getElementById("messages"),
  document.getElementById("empty"),
);
const status = new Status(() => TOGGLES[state](), { canCancel: true });

/** What the button does in each state of the connection. */
const TOGGLES = {
  connecting: () => socket.close(),
  open: closeSocket,
  closed: connect,
};

/** The one connection; a closed one is replaced, never reused, and only by its person: what a
 * connection does when it ends is what this page is there to show. */
let socket;
let state = "closed";

function show(newState, details) {
  state = newState;
  // What was hinted at was about the connection before, or is over.
  clear(page.hint);
  status.show(state, details, address);
  page.send.disabled = page.file.disabled = state !== "open";
}

function connect() {
  show("connecting");
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    show("open");
    page.text.focus({ preventScroll: true });
  });
  socket.addEventListener("message", (event) => receive(event.data));
  // There is no "error" listener: a "close" event always follows, and says more.
  socket.addEventListener("close", ended);
}

/** Shows the end of a connection, and why the server did not open it, where it says so. */
async function ended(event) {
  const wasRefused = state === "connecting";
  show("closed", event);
  const why = wasRefused ? await whyRefused(address) : null;
  if (why !== null && state === "closed" && event.target === socket) {
    show("closed", { why });
  }
}

function closeSocket() {
  show("closing");
  socket.close(1000);
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
    put(page.hint, "notOpen");
    return;
  }
  const count = bytesOf(page.text.value);
  if (count > limits.messageBytes) {
    put(page.hint, "textTooLarge", { count, limit: limits.messageBytes });
    return;
  }
  clear(page.hint);
  socket.send(page.text.value);
  messages.addText("sent", page.text.value);
  page.text.value = "";
  page.text.focus();
}

async function sendFile(file) {
  if (file.size > limits.messageBytes) {
    put(page.hint, "tooLarge", { count: file.size, limit: limits.messageBytes });
    return;
  }
  let data;
  try {
    data = await file.arrayBuffer();
  } catch {
    put(page.hint, "unreadable");
    return;
  }
  // The connection may have ended while the file was read.
  if (state !== "open") {
    put(page.hint, "notOpen");
    return;
  }
  clear(page.hint);
  const start = await startOf(data);
  socket.send(data);
  messages.addBinary("sent", data.byteLength, start, file.name);
}

translatePage("echoPage");
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
page.text.addEventListener("input", () => clear(page.hint));
connect();
