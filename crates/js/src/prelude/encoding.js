// TextEncoder and TextDecoder, as the Encoding standard has them. Which encodings there are and what
// bytes say in them is the host's business.
(host, internal) => {
  "use strict";

  // As scripts may replace them.
  internal.bring("buffers");
  const { bufferOf, free, isView, kindOf, lengthOf, toHex, wellFormed } = internal;
  const slice = free(String.prototype.slice);
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
    #encoding; #fatal; #ignoreBOM;
    // What goes on with a text that a stream began and did not end, and what it did not look at, as
    // the bytes before it were wrong.
    #stream = null; #rest = "";

    constructor(label = "utf-8", options = undefined) {
      label = internal.usv(label);
      options = internal.dictionary(options, "TextDecoder");
      const { fatal, ignoreBOM } = options;
      this.#fatal = Boolean(fatal);
      this.#ignoreBOM = Boolean(ignoreBOM);
      this.#encoding = host.encodingOf(label);
      if (this.#encoding === undefined) throw new RangeError("TextDecoder: no encoding " + label);
    }

    get encoding() { return this.#encoding; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }
    static { internal.isDecoder = (value) => #ignoreBOM in value; }

    decode(input = undefined, options = undefined) {
      void this.#fatal;
      const given = input === undefined ? new Uint8Array() : internal.bufferSource(input, true);
      if (given === undefined) throw new TypeError("decode: no buffer and no view");
      const isLast = !internal.dictionary(options, "decode").stream;
      const bytes = this.#rest + toHex(given);
      const before = this.#stream;
      let text;
      if (before === null && isLast) {
        text = host.decode(this.#encoding, this.#fatal, this.#ignoreBOM, bytes);
      } else {
        const stream = before ?? host.decodeStream(this.#encoding, this.#fatal, this.#ignoreBOM);
        this.#stream = isLast ? null : stream;
        text = stream(bytes, isLast);
      }
      const isText = typeof text === "string";
      // Two digits for each byte that was looked at.
      this.#rest = isText || isLast ? "" : slice(bytes, 2 * text);
      if (isText) return text;
      throw new TypeError("decode: the bytes are no text of this encoding");
    }
  }

  internal.define(TextEncoder);
  internal.define(TextDecoder);
  internal.expose({ TextEncoder, TextDecoder });
}
