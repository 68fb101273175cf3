// Connections as an HTTP Archive (HAR 1.2), WebSocket messages in `_webSocketMessages` as the developer
// tools of Chromium write them. Owns that form; a message of which only a part is known says so in its
// `comment`.

import { joined, textOf } from "./payload.js";
import { isKept, lengthOf } from "./store.js";

/** The archive of `connections`. */
export function archiveOf(connections) {
  return {
    log: {
      version: "1.2",
      creator: { name: "Sockeye frame view", version: "1" },
      pages: [],
      entries: connections.map(entryOf),
    },
  };
}

function entryOf(connection) {
  const duration = connection.end ? connection.end.time_us / 1000 : lastTime(connection);
  const entry = {
    _initiator: { type: "other" },
    _priority: null,
    _resourceType: "websocket",
    _webSocketMessages: messagesOf(connection),
    cache: {},
    request: requestOf(connection),
    response: responseOf(connection),
    serverIPAddress: "",
    startedDateTime: new Date(connection.opened_at_ms).toISOString(),
    time: duration,
    timings: {
      blocked: -1,
      dns: -1,
      ssl: -1,
      connect: -1,
      send: 0,
      wait: 0,
      receive: duration,
      _blocked_queueing: -1,
    },
  };
  if (connection.lost > 0) {
    entry.comment = `${connection.lost} frames were not kept`;
  }
  return entry;
}

function lastTime(connection) {
  const last = connection.frames.at(-1);
  return last ? last.time_us / 1000 : 0;
}

function requestOf(connection) {
  const { target } = connection;
  // A second question mark is a part of the query.
  const query = target.includes("?") ? target.slice(target.indexOf("?") + 1) : "";
  return {
    method: "GET",
    url: connection.url,
    httpVersion: "HTTP/1.1",
    headers: headersOf(connection.request),
    queryString: Array.from(new URLSearchParams(query), ([name, value]) => ({ name, value })),
    cookies: [],
    headersSize: -1,
    bodySize: 0,
  };
}

function responseOf(connection) {
  return {
    status: 101,
    statusText: "Switching Protocols",
    httpVersion: "HTTP/1.1",
    headers: headersOf(connection.response),
    cookies: [],
    content: { size: 0, mimeType: "x-unknown" },
    redirectURL: "",
    headersSize: -1,
    bodySize: -1,
    _transferSize: 0,
    _error: errorOf(connection),
    _fetchedViaServiceWorker: false,
  };
}

/** Chromium has here what went wrong; a close in order is not. */
function errorOf({ end }) {
  return end && !end.is_clean ? `closed with ${end.code}` : null;
}

function headersOf(pairs) {
  return pairs.map(([name, value]) => ({ name, value }));
}

/** Messages, not frames: developer tools see no fragments, and neither Ping, Pong nor Close. */
function messagesOf(connection) {
  const messages = new Set(connection.frames.map((frame) => frame.message));
  return Array.from(messages)
    .filter(({ opcode }) => opcode === 1 || opcode === 2)
    .map(messageOf);
}

function messageOf(message) {
  const { frames, opcode } = message;
  const bytes = joined(message);
  const said = {
    type: frames[0].from === "client" ? "send" : "receive",
    // Seconds, when the message was whole.
    time: frames.at(-1).time / 1000,
    opcode,
    data: opcode === 1 ? textOf(bytes) : base64Of(bytes),
  };
  if (!message.isWhole || !frames.every(isKept)) {
    const len = frames.reduce((sum, frame) => sum + lengthOf(frame), 0);
    said.comment = `only ${bytes.length} of ${len} bytes were kept`;
  }
  return said;
}

function base64Of(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
