// What close codes mean to a person (RFC 6455 section 7.4 and the registry of codes).

import { CLOSING_WORDS } from "./closing_words.js";
import { knows, learn, quote, say } from "./language.js";

learn(CLOSING_WORDS);

/** The key of the words that say what `code` means. */
export function explanation(code) {
  if (knows(`code${code}`)) {
    return `code${code}`;
  }
  if (code >= 3000 && code <= 3999) {
    return "codeLibrary";
  }
  return code >= 4000 && code <= 4999 ? "codeApplication" : "codeOther";
}

/** Whether the words for `code` say all that `reason` does: the server's are the code's own, and what it was behind. */
export function isExplained(code, reason) {
  return code >= 3000 && knows(`code${code}`) && !reason.includes(": ");
}

/** What our server says in English of a room that an address names. */
const NO_ROOM = /^there is no such room: (.*)$/s;

/** The words for `reason`: the page's own, where they are known; or a quote. */
export function reasonOf(code, reason) {
  const [, room] = (code === 1008 && NO_ROOM.exec(reason)) || [];
  return room === undefined ? quote(reason) : { key: "reasonNoRoom", values: { room } };
}

/** The meaning of `code` in one sentence. */
export function explain(code) {
  return say(explanation(code));
}
