// Lists of names and what they stand for. Owns that what a peer sent becomes text, never markup.

import { textElement as element } from "../elements.js";

/** A list of names and what they stand for; what is null is left out. */
export function definitions(pairs) {
  const list = element("dl");
  for (const [name, value] of pairs) {
    if (value !== null) {
      list.append(element("dt", name), element("dd", value));
    }
  }
  return list;
}
