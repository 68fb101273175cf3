// What a browser keeps for its visitor between visits: small texts by name. A browser that keeps
// nothing is no fault; the pages then ask again.

const PREFIX = "sockeye.";
/** So many words of one name are kept in a tab; the oldest make room. */
const WORDS_MAX = 100;

/** What was kept under `name`, or `null`. */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keeps `text` under `name`. */
export function remember(name, text) {
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch {
    // Storage is full or forbidden.
  }
}

/** The words that this tab kept under `name`, also before it was reloaded. */
export function recallInTab(name) {
  try {
    return (sessionStorage.getItem(PREFIX + name) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}

/** Keeps one more `word`, which has no space, under `name` for as long as this tab is there. */
export function addInTab(name, word) {
  const words = new Set(recallInTab(name)).add(word);
  try {
    sessionStorage.setItem(PREFIX + name, Array.from(words).slice(-WORDS_MAX).join(" "));
  } catch {
    // Storage is full or forbidden.
  }
}
