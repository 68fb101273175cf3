// What every JavaScript client does with an echo server, and how it says what came of it.
// This file runs in Node and in a page: it may use nothing but what both have.

// A check that takes longer has hung.
const LIMIT_MS = 30_000;

const MULTI_BYTE = "Grüße, κόσμε, 世界, 🦀";

export const TEXTS = [
  ["ascii", "The quick brown fox jumps over the lazy dog."],
  ["multi-byte", MULTI_BYTE],
  ["empty", ""],
  ["64 KiB", "0123456789abcdef".repeat(4096)],
  // 16 bytes a line, in characters of 1, 2 and 4 bytes.
  ["1 MiB", "κόσμε 🦀\n".repeat(65536)],
];

export const BINARIES = [
  ["every octet", octets(256)],
  ["empty", octets(0)],
  ["1 MiB", octets(1 << 20)],
];

// Text that only repeating makes shorter than three quarters: how long the second and the third
// copy are on the wire tells whether the compressor kept its window.
export const TAKEOVER_TEXT = noise(2048);

// Messages of many lengths, one after the other without waiting: around each limit of the length
// field, and more than one read can hold.
export const BURST = [0, 1, 125, 126, 127, 1000, 65535, 65536, 3, 70_000].flatMap((length) =>
  Array.from({ length: 10 }, (_, index) => `${index}:${"x".repeat(length)}`),
);

function octets(length) {
  return Uint8Array.from({ length }, (_, index) => index & 0xff);
}

function noise(length) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return letters[state >>> 26];
  }).join("");
}

export function equal(what, left, right) {
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    const same = left.length === right.length && left.every((octet, at) => octet === right[at]);
    if (!same) throw new Error(`${what}: other octets came back (${left.length}, ${right.length})`);
  } else if (left !== right) {
    throw new Error(`${what} is ${excerpt(left)}, not ${excerpt(right)}`);
  }
}

function excerpt(value) {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}.. (${text.length} characters)` : text;
}

// Runs checks one after the other; `say` gets a line for each.
export class Checks {
  constructor(say) {
    this.say = say;
  }

  // Which extensions the peer saw on the connection of the equal messages: the row judges it.
  agreed(extensions) {
    this.say(`agreed\t${extensions}`);
  }

  async check(name, body) {
    let timer;
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("hangs")), LIMIT_MS);
    });
    try {
      await Promise.race([body(), limit]);
      this.say(`ok\t${name}`);
    } catch (error) {
      this.say(`FAIL\t${name}\t${String(error.message ?? error).replace(/\s+/g, " ")}`);
    } finally {
      clearTimeout(timer);
    }
  }
}
