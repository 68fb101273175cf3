// A chat of plain texts: what is sent comes back to everybody, and nothing else is said. Owns the
// connection and the page's form; the list of messages looks after itself.

import { addressOf, Connection } from "./connection.js";
import { clear, put } from "./language.js";
import { MessageList } from "./messages.js";
import { Status } from "./status.js";

/**
 * Starts the chat at `path` on this page. `compose(text)` makes the message of what was typed, or
 * `null` if there can be none yet.
 */
export function startTalk(path, { isNewestFirst, compose }) {
  const [composer, empty, hint, list, send, text] = [
    "composer",
    "empty",
    "hint",
    "messages",
    "send",
    "text",
  ].map((id) => document.getElementById(id));
  const messages = new MessageList(list, empty, { isNewestFirst });
  let wasLost = false;

  const connection = new Connection(addressOf(path), {
    opened() {
      // This chat has no way to ask for what was missed, so the page says that there may be some.
      if (wasLost) {
        messages.addNotice("backBlind");
        wasLost = false;
      }
    },
    received(data) {
      if (typeof data === "string") {
        messages.addText("received", data);
      }
    },
    changed(state, details) {
      wasLost ||= state === "waiting" && list.childElementCount > 0;
      status.show(state, details, connection.address);
      send.disabled = state !== "open";
    },
  });
  const status = new Status(() => connection.toggle());

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const message = compose(text.value);
    if (message === null) {
      return;
    }
    if (connection.send(message)) {
      clear(hint);
      text.value = "";
    } else {
      put(hint, "notOpen");
    }
    text.focus();
  });
  connection.open();
}
