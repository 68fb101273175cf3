// How long what is typed may be, as the server says: its team may have set other lengths than the
// usual ones. Until it said so, and where it does not, the pages let everything through to the server.

/** Characters of a name and of a text, bytes of a room's name and of a message. */
export const limits = {
  messageBytes: Infinity,
  nameChars: Infinity,
  plainChars: Infinity,
  roomBytes: Infinity,
  textChars: Infinity,
};

/** Comes when the limits are known, or cannot be. */
export const limitsKnown = ask();

async function ask() {
  try {
    const answer = await fetch(new URL("../limits", import.meta.url));
    const said = await answer.json();
    Object.assign(limits, {
      messageBytes: said.message_bytes_max,
      nameChars: said.name_chars_max,
      plainChars: said.plain_chars_max,
      roomBytes: said.room_bytes_max,
      textChars: said.text_chars_max,
    });
  } catch {
    // The server says by itself what it does not take.
  }
}

/** Characters as the server counts them: a letter beyond the first 65536 is one as well. */
export function charsOf(text) {
  return Array.from(text).length;
}

/** Bytes that the server gets for `text`. */
export function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}

/** The first `count` characters of `text`. */
export function firstChars(text, count) {
  return charsOf(text) > count ? Array.from(text).slice(0, count).join("") : text;
}

/** A name as the server takes, counts and tells it: in one form of Unicode, with single spaces. */
export function asTold(name) {
  return name.trim().replace(/\s+/gu, " ").normalize("NFC");
}
