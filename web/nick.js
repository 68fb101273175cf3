// The nickname chat's page: what everybody gets is `nick: text`, as its sender wrote it.

import { CHAT_WORDS } from "./chat_words.js";
import { learn, translatePage } from "./language.js";
import { recall, remember } from "./memory.js";
import { startTalk } from "./talk.js";

const nick = document.getElementById("nick");
const text = document.getElementById("text");

learn(CHAT_WORDS);
translatePage("nickPage");
nick.value = recall("name") ?? "";
document.getElementById("nickname").addEventListener("submit", (event) => {
  event.preventDefault();
  remember("name", nick.value);
  text.focus();
});
startTalk("nick", {
  isNewestFirst: false,
  compose(said) {
    // Asks for the nickname, where it is missing, as the browser asks for what a form needs.
    return nick.reportValidity() ? `${nick.value}: ${said}` : null;
  },
});
