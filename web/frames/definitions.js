// Elements with text. Owns that what a peer sent becomes text, never markup.

/** An element `name` with `text`, and a class if there is one. */
export function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== "") {
    made.className = className;
  }
  return made;
}

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
