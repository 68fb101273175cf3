// Buffers and views as they are, whatever a script made of their methods. Owns what a BufferSource
// is.
(host, internal) => {
  "use strict";

  const { free, isView } = internal;
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const getter = (prototype, name) => free(getOwnPropertyDescriptor(prototype, name).get);
  const views = getPrototypeOf(Uint8Array.prototype);
  // The name of an array's kind; a DataView has none.
  const kindOf = internal.kindOf = getter(views, Symbol.toStringTag);
  const ofArray = internal.ofArray = {
    buffer: getter(views, "buffer"), from: getter(views, "byteOffset"),
    length: getter(views, "byteLength"),
  };
  const ofData = internal.ofData = {
    buffer: getter(DataView.prototype, "buffer"), from: getter(DataView.prototype, "byteOffset"),
    length: getter(DataView.prototype, "byteLength"),
  };
  const isResizable = internal.isResizable = getter(ArrayBuffer.prototype, "resizable");
  const isDetached = internal.isDetached = getter(ArrayBuffer.prototype, "detached");
  const isGrowable = getter(SharedArrayBuffer.prototype, "growable");

  // Calls that throw for every object but those of one kind, which nothing else tells for sure.
  const { prototype: wrongKind } = TypeError;
  const is = internal.is = (call, value) => {
    try {
      call(value);
      return true;
    } catch (error) {
      // Neither does the end of the stack or of the memory.
      if (!internal.isObject(error) || getPrototypeOf(error) !== wrongKind) throw error;
      return false;
    }
  };

  // Of bytes.
  internal.lengthOf = ofArray.length;
  internal.bufferOf = ofArray.buffer;
  internal.toHex = free(Uint8Array.prototype.toHex);
  // A copy of some. Not by `slice`, which asks the constructor what to make.
  internal.cut = (bytes, from, to) =>
    new Uint8Array(new Uint8Array(ofArray.buffer(bytes), ofArray.from(bytes) + from, to - from));

  // The bytes of a BufferSource, not copied; undefined for what is none. Shared memory is one only
  // with [AllowShared], a buffer that can change its size never; one that was transferred has none.
  internal.sourceOf = (value, allowsShared) => {
    if (!internal.isObject(value)) return undefined;
    const isOne = isView(value);
    const of = isOne && kindOf(value) === undefined ? ofData : ofArray;
    const buffer = isOne ? of.buffer(value) : value;
    const isShared = !is(isDetached, buffer);
    if (isShared && !isOne && (!allowsShared || !is(isGrowable, value))) return undefined;
    if (isShared && !allowsShared) throw new TypeError("shared memory is not taken here");
    if (isShared ? isGrowable(buffer) : isResizable(buffer)) {
      throw new TypeError("a resizable buffer is not taken");
    }
    if (!isShared && isDetached(buffer)) return new Uint8Array();
    if (!isOne) return new Uint8Array(buffer);
    return new Uint8Array(buffer, of.from(value), of.length(value));
  };
}
