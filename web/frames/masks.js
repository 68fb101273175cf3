// What the server masked in addresses and headers, for people. Owns that its mask is in the page's language;
// what is masked is decided where it is recorded.

import { say } from "../language.js";

/** What stands for a secret in what the server tells, as in `masking.rs`. */
const MASK = "[masked]";

/** `text` with its masks in the language of now. */
export function legible(text) {
  return text.replaceAll(MASK, `[${say("masked")}]`);
}
