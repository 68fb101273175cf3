// TextEncoder and TextDecoder, as the Encoding standard has them, for UTF-8: no other encoding is
// known, and its label is a RangeError. What the bytes say is the host's business.
(host, internal) => {
  "use strict";

  const LABELS = [
    "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "utf-8", "utf8", "x-unicode20utf8",
  ];

  // As scripts may replace them.
  internal.bring("buffers");
  const { bufferOf, cut, free, lengthOf, toHex, wellFormed } = internal;
  const { isView, kindOf } = internal;
  const slice = free(String.prototype.slice);
  const lower = free(String.prototype.toLowerCase);
  const exec = free(RegExp.prototype.exec);
  const LABEL = /^[\t\n\f\r ]*(.*?)[\t\n\f\r ]*$/s;
  const ofBytes = (name) => free(Uint8Array.prototype[name]);
  const fill = ofBytes("set");

  class TextEncoder {
    #isEncoder = true;
    static { internal.isEncoder = (value) => #isEncoder in value; }

    get encoding() { return this.#isEncoder && "utf-8"; }

    encode(input = "") {
      void this.#isEncoder;
      return new Uint8Array(host.encode(internal.usv(input)));
    }

    encodeInto(source, destination) {
      void this.#isEncoder;
      internal.need(arguments, 2, "encodeInto");
      source = internal.text(source);
      const isOne = isView(destination) && kindOf(destination) === "Uint8Array";
      const room = isOne && internal.bufferSource(destination, true);
      if (!room) throw new TypeError("encodeInto: no Uint8Array");
      // A unit takes a byte at least, so no more of the text can fit; half a pair does not either.
      const text = wellFormed(slice(source, 0, lengthOf(room)));
      const bytes = new Uint8Array(host.encode(text));
      const length = lengthOf(bytes);
      const most = lengthOf(room);
      let written = length < most ? length : most;
      while (written < length && written > 0 && (bytes[written] & 0xc0) === 0x80) written -= 1;
      fill(room, new Uint8Array(bufferOf(bytes), 0, written));
      let read = 0;
      for (let at = 0; at < written; at += 1) {
        read += bytes[at] >= 0xf0 ? 2 : (bytes[at] & 0xc0) === 0x80 ? 0 : 1;
      }
      return { read, written };
    }
  }

  class TextDecoder {
    #fatal; #ignoreBOM;
    // What a stream began and did not end: the bytes of a character, and whether any came before.
    #rest = new Uint8Array(); #isBegun = false; #isStream = false;

    constructor(label = "utf-8", options = undefined) {
      label = lower(exec(LABEL, internal.text(label))[1]);
      options = internal.dictionary(options, "TextDecoder");
      const { fatal, ignoreBOM } = options;
      if (internal.find(LABELS, (known) => known === label) === undefined) {
        throw new RangeError("TextDecoder: no encoding " + label);
      }
      this.#fatal = Boolean(fatal);
      this.#ignoreBOM = Boolean(ignoreBOM);
    }

    get encoding() { return void this.#fatal, "utf-8"; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }
    static { internal.isDecoder = (value) => #ignoreBOM in value; }

    decode(input = undefined, options = undefined) {
      void this.#fatal;
      const given = input === undefined ? new Uint8Array() : internal.bufferSource(input, true);
      if (given === undefined) throw new TypeError("decode: no buffer and no view");
      const stream = Boolean(internal.dictionary(options, "decode").stream);
      if (!this.#isStream) this.#start();
      this.#isStream = stream;
      let bytes = given;
      if (lengthOf(this.#rest) > 0) {
        bytes = new Uint8Array(lengthOf(this.#rest) + lengthOf(given));
        fill(bytes, this.#rest);
        fill(bytes, given, lengthOf(this.#rest));
      }
      this.#rest = new Uint8Array();
      const { text, rest } = host.decodeUtf8(toHex(bytes), this.#fatal, stream);
      this.#rest = cut(bytes, lengthOf(bytes) - rest, lengthOf(bytes));
      return this.#withoutMark(text);
    }

    #start() {
      this.#rest = new Uint8Array();
      this.#isBegun = false;
    }

    #withoutMark(text) {
      if (this.#isBegun || text === "") return text;
      this.#isBegun = true;
      return !this.#ignoreBOM && text[0] === "\ufeff" ? slice(text, 1) : text;
    }
  }

  internal.define(TextEncoder);
  internal.define(TextDecoder);
  internal.expose({ TextEncoder, TextDecoder });
}
