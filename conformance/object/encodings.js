// TextDecoder for the encodings besides UTF-8: labels, names, broken bytes, streams.
const say = (...values) => console.log(...values.map((value) => JSON.stringify(value) ?? "undefined"));
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return error.name;
  }
};
const bytes = (...list) => new Uint8Array(list);

// A label of each encoding, and some others.
const labels = [
  "utf8", "cp866", "latin2", "l3", "iso_8859-4", "cyrillic", "arabic", "greek", "hebrew", "logical", "l6",
  "iso885913", "iso8859-14", "l9", "iso-8859-16", "koi8-r", "koi8-ru", "macintosh", "dos-874", "cp1250",
  "windows-1251", "ascii", "latin1", "us-ascii", "cp1253", "latin5", "cp1255", "cp1256", "cp1257", "cp1258",
  "x-mac-ukrainian", "gb2312", "gb18030", "big5-hkscs", "x-euc-jp", "csiso2022jp", "sjis", "ms_kanji",
  "euc-kr", "ks_c_5601-1987", "unicodefffe", "utf-16be", "utf-16", "ucs-2", "iso-10646-ucs-2", "csunicode",
  "x-user-defined", "\t Windows-1251\r\n", "replacement", "iso-2022-kr", "hz-gb-2312", "utf-7", "utf-32",
  "latin\u0131", "\u00a0utf8", "utf-8\0", "\ud800",
];
for (const label of labels) say(label, attempt(() => new TextDecoder(label).encoding));

// Every byte that is no ASCII, in the encodings that have no others.
const all = bytes(...Array.from({ length: 128 }, (_, byte) => 128 + byte));
const single = [
  "ibm866", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8",
  "iso-8859-8-i", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16", "koi8-r",
  "koi8-u", "macintosh", "windows-874", "windows-1250", "windows-1251", "windows-1252", "windows-1253",
  "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258", "x-mac-cyrillic",
  "x-user-defined",
];
for (const label of single) {
  say(label, new TextDecoder(label).decode(all));
  say(attempt(() => new TextDecoder(label, { fatal: true }).decode(all).length));
}

// Several bytes for a character: whole, broken, in pieces.
const texts = {
  gbk: [[0xc4, 0xe3, 0xba, 0xc3], [0x80], [0xc4], [0xc4, 0x30], [0x81, 0x30, 0x81, 0x30]],
  gb18030: [[0x84, 0x31, 0xa4, 0x37], [0x94, 0x39, 0xda, 0x33], [0x81, 0x30, 0x81], [0xff, 0x41]],
  big5: [[0xa7, 0x41, 0xa6, 0x6e], [0xa7], [0xa7, 0x30], [0xff]],
  "euc-jp": [[0xa4, 0xa2, 0x8e, 0xb1], [0x8f, 0xa2, 0xaf], [0xa4], [0xa4, 0x41], [0x8e, 0xff]],
  "iso-2022-jp": [
    [0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42, 0x41], [0x1b, 0x28, 0x4a, 0x5c, 0x7e],
  ],
  shift_jis: [[0x82, 0xa0, 0xb1, 0x5c], [0x82], [0x82, 0x30], [0xa0], [0xfd]],
  "euc-kr": [[0xb0, 0xa1, 0xc7, 0xd1], [0xb0], [0xb0, 0x30], [0xff]],
  "utf-16le": [
    [0x61, 0x00, 0x3d, 0xd8, 0x00, 0xde], [0xff, 0xfe, 0x61, 0x00], [0xfe, 0xff, 0x00, 0x61], [0x61],
    [0x3d, 0xd8], [0x3d, 0xd8, 0x61, 0x00], [0x00, 0xde], [0x3d, 0xd8, 0x61],
  ],
  "utf-16be": [[0x00, 0x61, 0xd8, 0x3d, 0xde, 0x00], [0xfe, 0xff, 0x00, 0x61], [0xff, 0xfe], [0x00]],
  "windows-1251": [[0xcf, 0xf0, 0xe8], [0xef, 0xbb, 0xbf, 0x41], [0x98]],
};
for (const [label, lists] of Object.entries(texts)) {
  for (const list of lists) {
    const view = bytes(...list);
    say(label, list, new TextDecoder(label).decode(view));
    say(attempt(() => new TextDecoder(label, { fatal: true }).decode(view)),
      new TextDecoder(label, { ignoreBOM: true }).decode(view));
    const stream = new TextDecoder(label);
    const pieces = list.map((byte) => stream.decode(bytes(byte), { stream: true }));
    say(pieces.join(""), stream.decode(), stream.decode(view));
  }
}

// Two streams at once, and a decoder that is used again.
const one = new TextDecoder("utf-16le");
const other = new TextDecoder("utf-16le", { ignoreBOM: true });
say(one.decode(bytes(0xff), { stream: true }), other.decode(bytes(0xff), { stream: true }));
say(one.decode(bytes(0xfe, 0x61), { stream: true }), other.decode(bytes(0xfe, 0x61), { stream: true }));
say(one.decode(bytes(0)), other.decode(bytes(0)), one.decode(bytes(0xff, 0xfe, 0x62, 0)));
const fatal = new TextDecoder("shift_jis", { fatal: true });
say(attempt(() => fatal.decode(bytes(0x82))), fatal.decode(bytes(0x41)), fatal.fatal, fatal.ignoreBOM);
