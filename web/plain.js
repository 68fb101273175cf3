// The plain chat's page: what is typed is what everybody gets, the newest on top.

import { CHAT_WORDS } from "./chat_words.js";
import { learn, translatePage } from "./language.js";
import { startTalk } from "./talk.js";

learn(CHAT_WORDS);
translatePage("plainPage");
startTalk("ws", { isNewestFirst: true, compose: (text) => text });
