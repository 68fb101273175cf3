// A payload in forms that people read: text, JSON, hex, and what a Close says. Owns how bytes become
// these; nothing here becomes markup.

/** Bytes in a line of hex: with offset and letters they fit into the pane of details. */
const LINE_LEN = 8;
/** Bytes of a payload that a row of the table has room for: as text, and as hex. */
const EXCERPT_TEXT_BYTES = 200;
const EXCERPT_BYTES = 24;
const INDENT = "  ";
/** Levels that are indented: of lists within lists each line would be longer than the one before. */
const INDENTS_MAX = 32;
/** Of what is JSON: texts, signs, and words and numbers. */
const JSON_TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const CLOSING = { "{": "}", "[": "]" };

// A byte order mark is a part of the payload as any other character.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The payload of a whole message, as far as it is kept. */
export function joined(message) {
  const parts = message.frames.map((frame) => frame.payload);
  const all = new Uint8Array(parts.reduce((len, part) => len + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The text of UTF-8, with a sign in place of what is none. */
export function textOf(bytes) {
  return decoder.decode(bytes);
}

/** JSON with a line for each member; null for what is no JSON. Its numbers and texts stay as they came. */
export function jsonOf(bytes) {
  const text = textOf(bytes);
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  return inLines(text.match(JSON_TOKENS));
}

/** Tokens of JSON, with a line for each member and each element. */
function inLines(tokens) {
  let depth = 0;
  const line = () => `\n${INDENT.repeat(Math.min(depth, INDENTS_MAX))}`;
  const written = tokens.map((token, index) => {
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    if (token === "{" || token === "[") {
      depth += 1;
      return after === CLOSING[token] ? token : token + line();
    }
    if (token === "}" || token === "]") {
      depth -= 1;
      return CLOSING[before] === token ? token : line() + token;
    }
    return token === "," ? token + line() : token === ":" ? ": " : token;
  });
  return written.join("");
}

/** Offset, bytes, and the letters among them, line by line. */
export function hexOf(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += LINE_LEN) {
    const line = bytes.subarray(at, at + LINE_LEN);
    const octets = Array.from(line, hexOfByte);
    const letters = Array.from(line, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
    );
    const offset = at.toString(16).padStart(6, "0");
    lines.push(`${offset}  ${octets.join(" ").padEnd(LINE_LEN * 3 - 1)}  ${letters.join("")}`);
  }
  return lines.join("\n");
}

/** Code and reason of a Close; the code is null where none is given. */
export function closeOf(bytes) {
  if (bytes.length < 2) {
    return { code: null, reason: "" };
  }
  return { code: (bytes[0] << 8) | bytes[1], reason: textOf(bytes.subarray(2)) };
}

/** What a row of the list shows of a frame. */
export function excerptOf(frame) {
  if (frame.opcode === 8) {
    const { code, reason } = closeOf(frame.payload);
    return [code ?? "", reason].join(" ").trim();
  }
  const isText = frame.message.opcode === 1 || frame.opcode > 8;
  if (isText) {
    return textOf(frame.payload.subarray(0, EXCERPT_TEXT_BYTES));
  }
  return Array.from(frame.payload.subarray(0, EXCERPT_BYTES), hexOfByte).join(" ");
}

function hexOfByte(byte) {
  return byte.toString(16).padStart(2, "0");
}
