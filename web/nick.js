// The nickname chat's page: what everybody gets is `nick: text`. Owns how a nickname is written:
// as the server tells it, so that what comes back is what was sent.

import { CHAT_WORDS } from "./chat_words.js";
import { translatePage } from "./elements.js";
import { Field } from "./field.js";
import { learn } from "./language.js";
import { limits } from "./limits.js";
import { recall, remember } from "./memory.js";
import { whyNotSent } from "./refusals.js";
import { startTalk } from "./talk.js";
import { TALK_WORDS } from "./talk_words.js";

const nick = document.getElementById("nick");
const text = document.getElementById("text");

/** A name as everybody is told it. */
function asTold(name) {
  return name.normalize("NFC").replace(/\s+/gu, " ");
}

learn(CHAT_WORDS);
learn(TALK_WORDS);
translatePage("nickPage");
nick.value = recall("name") ?? "";
const nickname = new Field(nick, {
  max: () => limits.nameChars,
  missing: "nickMissing",
  tooLong: "nameTooLong",
});
document.getElementById("nickname").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = nickname.check();
  if (name !== null) {
    remember("name", name);
    text.focus();
  }
});
startTalk("nick", {
  isNewestFirst: false,
  field: { clean: String, max: () => limits.textChars, tooLong: "textTooLong" },
  compose(said) {
    const name = nickname.check();
    return name === null ? null : `${asTold(name)}: ${said}`;
  },
  back: (message) => message,
  whyNotSent,
});
