// The chat's messages on the wire: JSON objects with a `type`, as docs/chat-protocols.md has them.
// Owns their names and forms; what follows from them is decided elsewhere.

/** The subprotocol that names this. */
export const SUBPROTOCOL = "json";

/** What a client says, as text for the WebSocket. */
export const compose = {
  name: (name) => encode("username", { name }),
  /** `key` is what the server knows the message by, should it come twice. */
  message: (text, key) => encode("message", { text, key }),
  /** `position` is that of the last message that was seen. It comes before everything else. */
  resume: ({ epoch, offset }) => encode("resume", { epoch, offset }),
};

function encode(type, fields) {
  return JSON.stringify({ type, ...fields, date: Date.now() });
}

/** What the server said; `null` if that is no message of this chat. */
export function decode(data) {
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return null;
  }
  const isObject = typeof message === "object" && message !== null;
  return isObject && typeof message.type === "string" ? message : null;
}

/** Where in the room's stream `message` is: offsets count up by one within an epoch. */
export function positionOf({ epoch, offset }) {
  return { epoch, offset };
}

/** When `message` was said. */
export function dateOf({ date }) {
  const said = new Date(date);
  return Number.isNaN(said.getTime()) ? new Date() : said;
}
