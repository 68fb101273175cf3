// The connections and frames that the page knows. Owns how many it keeps, and which frames make one
// message. Shows nothing.

/** Frames of one connection that the page keeps; older ones make room. */
const FRAMES_MAX = 2000;

const CONTINUATION = 0;
const CONTROL = 0x8;
const FIN = 0x80;

export class Store {
  /** By number, the oldest first. */
  connections = new Map();
  unrecorded = 0;
  /** Those of the feed before, which the server may tell of again. */
  #earlier = new Map();

  /** The feed begins anew: the server will tell of all that it keeps. */
  restart() {
    this.#earlier = this.connections;
    this.connections = new Map();
  }

  /** Takes news of the server; the numbers of the connections that changed. */
  take(news) {
    const changed = new Set();
    for (const told of news.connections) {
      const known = this.#earlier.get(told.id);
      const isSame = known?.opened_at_ms === told.opened_at_ms;
      this.connections.set(told.id, isSame ? known : newConnection(told));
      changed.add(told.id);
    }
    // Of connections that were cleared here there may be news on their way.
    const isKnown = ({ id }) => this.connections.has(id);
    for (const { id, lost, list } of news.frames.filter(isKnown)) {
      addFrames(this.connections.get(id), lost, list);
      changed.add(id);
    }
    for (const end of news.ended.filter(isKnown)) {
      this.connections.get(end.id).end = end;
      changed.add(end.id);
    }
    for (const id of news.forgotten) {
      this.connections.delete(id);
      changed.add(id);
    }
    this.unrecorded = news.unrecorded;
    return changed;
  }

  /** Lets go of all frames, and of the connections that ended. */
  clear() {
    for (const [id, connection] of this.connections) {
      if (connection.end) {
        this.connections.delete(id);
      }
      connection.frames = [];
      connection.lost = 0;
    }
  }
}

function newConnection(told) {
  return { ...told, frames: [], lost: 0, next: 0, messages: { client: null, server: null }, end: null };
}

function addFrames(connection, lost, list) {
  const first = list[0]?.number ?? connection.next + lost;
  // After a new start of the feed come frames that are known, and the hole before them is none.
  const gap = Math.min(lost, Math.max(0, first - connection.next));
  if (gap > 0) {
    connection.lost += gap;
    connection.messages = { client: null, server: null };
  }
  for (const told of list) {
    if (told.number >= connection.next) {
      const frame = { ...told, lostBefore: told.number === first ? gap : 0 };
      frame.payload = bytesOf(told.payload);
      frame.opcode = told.first_byte & 0xf;
      frame.time = connection.opened_at_ms + told.time_us / 1000;
      addToMessage(connection, frame);
      connection.frames.push(frame);
      connection.next = told.number + 1;
    }
  }
  if (connection.frames.length > FRAMES_MAX) {
    const dropped = connection.frames.splice(0, connection.frames.length - FRAMES_MAX);
    connection.lost += dropped.length;
  }
}

/** Control frames stand by themselves, between the fragments of a message too. */
function addToMessage(connection, frame) {
  const { messages } = connection;
  if (frame.opcode & CONTROL) {
    frame.message = { opcode: frame.opcode, frames: [frame] };
    return;
  }
  if (frame.opcode === CONTINUATION && messages[frame.from]) {
    messages[frame.from].frames.push(frame);
  } else {
    // A continuation whose beginning was lost is of a kind that nobody knows.
    messages[frame.from] = { opcode: frame.opcode, frames: [frame] };
  }
  frame.message = messages[frame.from];
  if (frame.first_byte & FIN) {
    frame.message.isWhole = true;
    messages[frame.from] = null;
  }
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** The length of a frame's payload, inflated where that is known. */
export function lengthOf(frame) {
  return frame.inflated_len ?? frame.len;
}

/** Whether all of a frame's payload is kept. */
export function isKept(frame) {
  return frame.fault === null && frame.payload.length === lengthOf(frame);
}

/** "text", "binary" or "control"; a continuation is what its message is. */
export function kindOf(frame) {
  if (frame.opcode & CONTROL) {
    return "control";
  }
  return frame.message.opcode === 1 ? "text" : "binary";
}
