// The address of a connection for people: percent signs and digits stand for letters of most scripts.
// Owns what is shown beside an address; the address itself stays as it was sent.

import { legible } from "./masks.js";

/** `address` as people wrote it; `null` if that is how it is sent, or it means nothing. */
export function decoded(address) {
  try {
    const words = decodeURIComponent(address);
    return words === address ? null : legible(words);
  } catch {
    return null;
  }
}
