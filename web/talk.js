// A chat of plain texts: what is sent comes back to everybody, and hardly anything else is said. Owns
// the connection, the page's form, and what was sent and did not come back yet; the list of messages
// looks after itself.

import { explanation } from "./closing.js";
import { addressOf, Connection } from "./connection.js";
import { clear, put } from "./elements.js";
import { Field } from "./field.js";
import { MessageList } from "./messages.js";
import { Status } from "./status.js";

/** Texts that are waited for; of more only the newest are told, should they be lost. */
const OWED_MAX = 100;

/**
 * Starts the chat at `path` on this page, with the options of the field for its texts. `compose(text)`
 * makes the message of what was typed, or `null` if there can be none yet; `back(message)` is what
 * comes back of it. `whyNotSent(line)` are the words for a line that says that one was refused.
 */
export function startTalk(path, { isNewestFirst, field: options, compose, back, whyNotSent }) {
  const [composer, empty, hint, list, send, text] = [
    "composer",
    "empty",
    "hint",
    "messages",
    "send",
    "text",
  ].map((id) => document.getElementById(id));
  const messages = new MessageList(list, empty, { isNewestFirst });
  const field = new Field(text, options);
  let wasLost = false;
  /** What was sent and did not come back. */
  let owed = [];

  const connection = new Connection(addressOf(path), {
    opened() {
      // This chat has no way to ask for what was missed, so the page says that there may be some.
      if (wasLost) {
        messages.addNotice("backBlind");
        wasLost = false;
      }
    },
    received(data) {
      if (typeof data !== "string") {
        return;
      }
      const why = whyNotSent(data);
      if (why === null) {
        messages.addText("received", data);
        const at = owed.indexOf(data);
        owed = owed.filter((_, each) => each !== at);
      } else {
        messages.addLoss(owed.splice(0, 1), why, "lineRefused");
      }
    },
    changed(state, details) {
      wasLost ||= state === "waiting" && list.childElementCount > 0;
      status.show(state, details, connection.address);
      send.disabled = state !== "open";
      if (state === "waiting" || state === "closed") {
        if (owed.length > 0) {
          messages.addLoss(owed, { key: explanation(details.code) });
        }
        owed = [];
      }
    },
  });
  const status = new Status(() => connection.toggle());

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = field.check();
    const message = said === null ? null : compose(said);
    if (message === null) {
      return;
    }
    if (connection.send(message)) {
      owed = [...owed, back(message)].slice(-OWED_MAX);
      clear(hint);
      text.value = "";
      field.empty();
    } else {
      put(hint, "notOpen");
    }
    text.focus();
  });
  connection.open();
}
