// What close codes mean to a person (RFC 6455 section 7.4 and the registry of codes).

import { knows, say } from "./language.js";

/** The meaning of `code` in one sentence. */
export function explain(code) {
  if (knows(`code${code}`)) {
    return say(`code${code}`);
  }
  if (code >= 3000 && code <= 3999) {
    return say("codeLibrary");
  }
  return say(code >= 4000 && code <= 4999 ? "codeApplication" : "codeOther");
}
