// The plain chat's page: what is typed is what everybody gets, the newest on top.

import { CHAT_WORDS } from "./chat_words.js";
import { translatePage } from "./elements.js";
import { learn } from "./language.js";
import { firstChars, limits } from "./limits.js";
import { startTalk } from "./talk.js";
import { TALK_WORDS } from "./talk_words.js";

learn(CHAT_WORDS);
learn(TALK_WORDS);
translatePage("plainPage");
startTalk("ws", {
  isNewestFirst: true,
  field: { clean: String, max: () => limits.plainChars, tooLong: "textCut", isCut: true },
  compose: (text) => text,
  back: (message) => firstChars(message, limits.plainChars),
  // This chat has no words of its own: it closes the connection.
  whyNotSent: () => null,
});
