// The greeting's page: one name there, one greeting back, and a goodbye that comes by itself. Owns
// its connections, one for each name.

import { CHAT_WORDS } from "./chat_words.js";
import { addressOf } from "./connection.js";
import { put, translatePage } from "./elements.js";
import { Field } from "./field.js";
import { learn, say } from "./language.js";
import { limits } from "./limits.js";
import { MessageList } from "./messages.js";
import { whyRefused } from "./opening.js";
import { Status } from "./status.js";
import { TALK_WORDS } from "./talk_words.js";

const address = addressOf("demo/hello");
const [composer, empty, hint, list, send, text, toggle] = [
  "composer",
  "empty",
  "hint",
  "messages",
  "send",
  "text",
  "toggle",
].map((id) => document.getElementById(id));
const messages = new MessageList(list, empty);
const field = new Field(text, {
  max: () => limits.nameChars,
  missing: "nameMissing",
  tooLong: "nameTooLong",
});
const status = new Status(() => socket.close(), { canCancel: true });

let socket;

function show(state, details) {
  status.show(state, details, address);
  // It is opened by saying a name.
  toggle.hidden = state !== "open" && state !== "connecting";
  send.disabled = state !== "closed";
}

function greet(name) {
  // The server knows the sentence in each language that the tutorial is in, and so do our words.
  const sentence = say("greetingSentence", { name });
  put(hint, "greetingOpening");
  show("connecting");
  socket = new WebSocket(address);
  let wasOpen = false;
  socket.addEventListener("open", () => {
    wasOpen = true;
    show("open");
    socket.send(sentence);
    messages.addText("sent", sentence);
  });
  socket.addEventListener("message", ({ data }) => {
    messages.addText("received", String(data));
    put(hint, String(data).includes(name) ? "greetingWait" : "greetingNobody");
  });
  socket.addEventListener("close", (event) => {
    show("closed", event);
    if (!wasOpen) {
      askWhy(socket);
    }
    put(hint, event.code === 1000 ? "greetingDone" : "greetingBroken");
    text.focus();
  });
}

/** Says why the server did not open `refused`, unless another was opened meanwhile. */
async function askWhy(refused) {
  const why = await whyRefused(address);
  if (why !== null && socket === refused) {
    show("closed", { why });
  }
}

learn(CHAT_WORDS);
learn(TALK_WORDS);
translatePage("greetingPage");
composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = send.disabled ? null : field.check();
  if (name !== null) {
    field.empty();
    greet(name.replace(/\s+/g, " "));
  }
});
document.getElementById("status").dataset.state = "idle";
put(document.getElementById("state"), "greetingIdle");
toggle.hidden = true;
