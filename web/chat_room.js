// A room that the visitor is in: its connection, who is there, and where in its stream the visitor
// is. Owns what is asked of the server and what its answers mean; never an element of the page.

import { compose, dateOf, decode, positionOf, SUBPROTOCOL } from "./chat_wire.js";
import { Outbox } from "./chat_outbox.js";
import { Own } from "./chat_own.js";
import { explanation } from "./closing.js";
import { addressOf, Connection } from "./connection.js";
import { firstChars } from "./limits.js";
import { whyEnded, whyNotDone, whyRenamed } from "./refusals.js";

/** Characters of a text that was not delivered. */
const TOLD_CHARS_MAX = 80;

export class Room {
  #events;
  #connection;
  #own = new Own();
  /** What the server calls the visitor's connection. */
  #id = "";
  /** The epoch and offset of the last message that was seen; `null` before the room was joined. */
  #position = null;
  /** Where the room was when it was joined: what is before was said before. */
  #joinedAt = null;
  #outbox;

  /**
   * `events` are told of the room: `changed(room)` of its connection, `people(room)`,
   * `said(room, message, isOld)`, `happened(room, key, values, isLoss)` in words, `late(room, texts)` of
   * what is not confirmed, by keys, and `lost(room, texts, why)` of what never was.
   */
  constructor(name, visitor, events) {
    this.name = name;
    this.visitor = visitor;
    /** What the server calls the visitor here. */
    this.me = visitor;
    this.people = [];
    /** `null`: the visitor may not see who is here; `undefined`: the server did not say yet. */
    this.peopleCount = undefined;
    this.unread = 0;
    this.details = {};
    this.#events = events;
    this.#outbox = new Outbox((late) => events.late(this, late));
    const handlers = {
      opened: () => {},
      received: (data) => this.#receive(data),
      changed: (state, details) => {
        this.details = details;
        events.changed(this);
        if (state === "closed") {
          this.#lose(details);
        }
        this.#outbox.connected(state === "open");
      },
    };
    const address = addressOf(`chat?room=${encodeURIComponent(name)}`);
    this.#connection = new Connection(address, handlers, [SUBPROTOCOL]);
  }

  get state() {
    return this.#connection.state;
  }

  get address() {
    return this.#connection.address;
  }

  open() {
    this.#connection.open();
  }

  close() {
    this.#connection.close();
  }

  toggle() {
    this.#connection.toggle();
  }

  /** Calls the visitor by another name. */
  rename(visitor) {
    this.visitor = visitor;
    this.#connection.send(compose.name(visitor));
  }

  /** Says `text`; `false` if that is not possible now. It is seen when it comes back. */
  say(text) {
    const key = randomKey();
    const isSent = this.#connection.send(compose.message(text, key));
    if (isSent) {
      this.#outbox.add(key, text);
    }
    return isSent;
  }

  #receive(data) {
    const message = decode(data);
    const answers = {
      id: () => this.#greet(message),
      joined: () => this.#join(message),
      named: () => this.#beCalled(message.name),
      rejectusername: () => this.#happened("renamed", { name: message.name, why: whyRenamed(message) }),
      username: () => this.#happened("signedIn", { name: message.name, date: dateOf(message) }),
      userlist: () => this.#meet(message),
      message: () => this.#hear(message),
      accepted: () => this.#outbox.take(message.key),
      error: () => this.#refuse(message),
      ended: () => this.#end(message),
    };
    // What this page does not know is for another one.
    if (message !== null && Object.hasOwn(answers, message.type)) {
      answers[message.type]();
    }
  }

  #happened(key, values, isLoss) {
    this.#events.happened(this, key, values, isLoss);
  }

  /** Says what was seen last, and who comes. */
  #greet({ id }) {
    this.#id = id;
    this.#joinedAt = null;
    this.#outbox.begin();
    if (this.#position !== null) {
      this.#connection.send(compose.resume(this.#position));
    }
    this.#connection.send(compose.name(this.visitor));
  }

  #join(message) {
    const reached = this.#position;
    this.#joinedAt = positionOf(message);
    this.#own.add(this.#joinedAt.epoch, this.#id);
    if (reached === null) {
      return;
    }
    const { epoch, offset } = this.#joinedAt;
    if (message.recovered) {
      const count = offset - reached.offset;
      this.#happened(count > 0 ? "caughtUp" : "caughtUpNone", { count });
    } else {
      // The newest follow: where something is missing before them, that is told with its number.
      const isBehind = epoch === reached.epoch && reached.offset <= offset;
      this.#position = isBehind ? reached : null;
      this.#happened(epoch === reached.epoch ? "lost" : "begunAnew", {}, true);
    }
  }

  #beCalled(name) {
    this.me = name;
    this.#events.people(this);
    // The server knows those again that it has already.
    for (const [key, text] of this.#outbox.takeOwed()) {
      this.#connection.send(compose.message(text, key));
    }
  }

  #meet({ users, count }) {
    this.people = users;
    this.peopleCount = count ?? users.length;
    this.#begin();
  }

  /** It comes behind what was said before: where nothing was, this is where the room begins. */
  #begin() {
    const isBehind = this.#position !== null && this.#position.offset >= this.#joinedAt.offset;
    this.#position = isBehind ? this.#position : this.#joinedAt;
    this.#events.people(this);
  }

  #hear(message) {
    const { epoch, offset } = positionOf(message);
    const reached = this.#position;
    if (epoch === reached?.epoch && offset <= reached.offset) {
      return;
    }
    if (epoch === reached?.epoch && offset > reached.offset + 1) {
      this.#happened("gap", { count: offset - reached.offset - 1 }, true);
    }
    this.#position = { epoch, offset };
    const isOld = reached === null || offset <= this.#joinedAt?.offset;
    const isMine = this.#own.has(epoch, message.id);
    const { name, text } = message;
    this.#events.said(this, { name, text, isMine, date: dateOf(message) }, isOld);
  }

  #refuse(message) {
    const { key, action } = message;
    if (action === "presence") {
      // It stands for the list.
      [this.people, this.peopleCount] = [[], null];
      this.#begin();
      return;
    }
    const why = whyNotDone(message);
    const text = this.#outbox.take(key);
    if (text === undefined) {
      this.#happened("refused", { why }, true);
    } else {
      this.#happened("notDelivered", { text: shorten(text), why }, true);
    }
  }

  /** The connection does not come back by itself. What it was closed for must not be sent again. */
  #lose({ code, why }) {
    const texts = this.#outbox.takeAll();
    if (texts.length > 0) {
      this.#events.lost(this, texts, { key: why?.key ?? explanation(code) });
    }
  }

  /** The server took the visitor out of the room, and says whether to come back. */
  #end(message) {
    if (message.resume && this.#position !== null) {
      this.#connection.send(compose.resume(this.#position));
    } else {
      this.#happened("ended", { why: whyEnded(message) }, true);
    }
  }
}

/** As much of a text as tells which one it is. */
function shorten(text) {
  const start = firstChars(text, TOLD_CHARS_MAX);
  return start === text ? text : `${start}…`;
}

/** A key that no other message has. `crypto.randomUUID` is for pages with TLS only. */
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
