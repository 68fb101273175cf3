// What a browser keeps for its visitor between visits: small texts by name. A browser that keeps
// nothing is no fault; the pages then ask again.

const PREFIX = "sockeye.";

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
