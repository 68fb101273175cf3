// TextEncoder and TextDecoder, UTF-8.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? "undefined"));
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return error.name;
  }
};
const encoder = new TextEncoder();
const decoder = new TextDecoder();
say(encoder.encoding, decoder.encoding, decoder.fatal, decoder.ignoreBOM);
for (const text of ["", "a", "h\u00e9\u20ac\u{1f600}", "\ud800x", "\0", undefined, null, 12]) {
  say([...encoder.encode(text)]);
}
say([...encoder.encode()], encoder.encode("a").constructor.name);

for (let length = 0; length < 12; length += 1) {
  const into = new Uint8Array(length);
  const { read, written } = encoder.encodeInto("a\u00e9\u20ac\u{1f600}z", into);
  say(length, read, written, [...into]);
}
say(encoder.encodeInto("\ud800", new Uint8Array(4)), attempt(() => encoder.encodeInto("a")));
say(attempt(() => encoder.encodeInto("a", new Uint16Array(2))));

const cases = [
  [0x61, 0xc3, 0xa9], [0xff], [0xc3], [0xe2, 0x82], [0xe2, 0x82, 0x41], [0xf0, 0x9f, 0x98],
  [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe0, 0x80], [0xef, 0xbb, 0xbf, 0x41],
  [0xef, 0xbb], [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], [0x80, 0x80], [],
];
for (const bytes of cases) {
  const view = new Uint8Array(bytes);
  say(bytes, decoder.decode(view), attempt(() => new TextDecoder("utf8", { fatal: true }).decode(view)),
    new TextDecoder("UTF-8", { ignoreBOM: true }).decode(view));
  const stream = new TextDecoder();
  const pieces = bytes.map((byte) => stream.decode(new Uint8Array([byte]), { stream: true }));
  say(pieces, stream.decode(), stream.decode(view));
}
const inner = new Uint8Array([0x41, 0x42, 0x43, 0x44]);
say(decoder.decode(inner.buffer), decoder.decode(inner.subarray(1, 3)));
say(decoder.decode(new DataView(inner.buffer, 2)), decoder.decode(new Uint16Array(inner.buffer)));
say(decoder.decode(), attempt(() => decoder.decode(null)), attempt(() => decoder.decode("text")));
for (const label of ["utf-8", " UTF8\n", "unicode-1-1-utf-8", "x-unicode20utf8", "nonsense", "", "utf 8"]) {
  say(label, attempt(() => new TextDecoder(label).encoding));
}
say(attempt(() => TextDecoder()), attempt(() => new TextDecoder("utf-8", 1)));
say(new TextDecoder("utf-8", null).fatal, new TextDecoder(undefined, { fatal: 1 }).fatal);
