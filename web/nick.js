// The nickname chat's page: what everybody gets is `nick: text`. A nickname is sent as
// the server tells it, so that what comes back is what was sent.

import { CHAT_WORDS } from "./chat_words.js";
import { translatePage } from "./elements.js";
import { Field } from "./field.js";
import { learn } from "./language.js";
import { asTold, limits } from "./limits.js";
import { recall, remember } from "./memory.js";
import { whyNotSent } from "./refusals.js";
import { startTalk } from "./talk.js";
import { TALK_WORDS } from "./talk_words.js";

const nick = document.getElementById("nick");
const text = document.getElementById("text");

learn(CHAT_WORDS);
learn(TALK_WORDS);
translatePage("nickPage");
nick.value = recall("name") ?? "";
const nickname = new Field(nick, {
  clean: asTold,
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
    return name === null ? null : `${name}: ${said}`;
  },
  back: (message) => message,
  whyNotSent,
});
