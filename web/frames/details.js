// The details of what is chosen: a connection with its handshake and end, or a frame with its payload
// as text, JSON or hex. Owns which form that is.

import { decoded } from "./address.js";
import { explain } from "../closing.js";
import { flagsOf, nameOfCode } from "./codes.js";
import { definitions } from "./definitions.js";
import { legible } from "./masks.js";
import { textElement as element } from "../elements.js";
import { moment, number, say } from "../language.js";
import { closeOf, hexOf, joined, jsonOf, textOf } from "./payload.js";
import { kindOf, lengthOf } from "./store.js";

const FORMS = ["formText", "formJson", "formHex"];

export class Details {
  #pane;
  /** The form that somebody chose; until then it is what fits. */
  #form = null;
  /** Shows what is shown once more. */
  #again = () => {};

  constructor(pane) {
    this.#pane = pane;
  }

  /** Makes what is shown anew, in the language of now. */
  renew() {
    this.#again();
  }

  showNothing() {
    this.#again = () => this.showNothing();
    this.#pane.replaceChildren(element("p", say("noDetails")));
  }

  showConnection(connection) {
    this.#again = () => this.showConnection(connection);
    const opened = new Date(connection.opened_at_ms);
    const client = [connection.address, connection.user].filter(Boolean).join(", ");
    this.#pane.replaceChildren(
      definitions([
        [say("url"), legible(connection.url)],
        [say("urlDecoded"), decoded(connection.url)],
        [say("since"), moment(opened)],
        [say("client"), client === "" ? null : client],
        [say("endOf"), endOf(connection)],
      ]),
      element("h3", say("requestHeaders")),
      definitions(legibleHeaders(connection.request)),
      element("h3", say("responseHeaders")),
      definitions(legibleHeaders(connection.response)),
    );
  }

  showFrame(frame) {
    this.#again = () => this.showFrame(frame);
    const isMasked = frame.is_masked ? "theBrowser" : "theBrowserUnmasked";
    const parts = [
      definitions([
        [say("number"), String(frame.number)],
        [say("directionOf"), say(frame.from === "client" ? isMasked : "theServer")],
        [say("opcodeColumn"), `${say(`opcode${frame.opcode}`)} (0x${frame.opcode.toString(16).toUpperCase()})`],
        [say("flagsOf"), flagsOf(frame.first_byte) || say("noFlags")],
        [say("lengthOf"), lengthWords(frame)],
        [say("compression"), compressionOf(frame)],
      ]),
    ];
    const notes = notesOf(frame);
    parts.push(...notes.map((note) => element("p", note, "note")));
    if (frame.opcode === 8) {
      parts.push(closeWords(frame));
    }
    parts.push(...this.#payload(frame));
    this.#pane.replaceChildren(...parts);
  }

  /** The payload, and buttons for its forms. */
  #payload(frame) {
    if (frame.payload.length === 0 && frame.message.frames.length === 1) {
      return [element("p", say("emptyPayload"), "note")];
    }
    const bar = element("div", "", "forms");
    bar.role = "group";
    bar.ariaLabel = say("formLabel");
    const shown = element("pre");
    shown.tabIndex = 0;
    shown.ariaLabel = say("payloadColumn");
    const show = (form) => {
      shown.textContent = inForm(form, frame);
      shown.classList.toggle("hex", form === "formHex");
      for (const button of bar.children) {
        button.ariaPressed = String(button.value === form);
      }
    };
    for (const form of FORMS) {
      const button = element("button", say(form));
      button.type = "button";
      button.value = form;
      button.addEventListener("click", () => {
        this.#form = form;
        show(form);
      });
      bar.append(button);
    }
    show(this.#form ?? formFor(frame));
    return [bar, shown];
  }
}

function legibleHeaders(headers) {
  return headers.map(([name, value]) => [legible(name), legible(value)]);
}

/** The form that fits: JSON for what is an object or a list, hex for what is no text. */
function formFor(frame) {
  if (kindOf(frame) !== "text") {
    return "formHex";
  }
  const text = textOf(joined(frame.message)).trimStart();
  const isNested = text.startsWith("{") || text.startsWith("[");
  return isNested && jsonOf(joined(frame.message)) !== null ? "formJson" : "formText";
}

function inForm(form, frame) {
  if (form === "formHex") {
    return hexOf(frame.payload);
  }
  const bytes = joined(frame.message);
  return form === "formText" ? textOf(bytes) : (jsonOf(bytes) ?? say("notJson"));
}

function endOf({ end }) {
  if (end === null) {
    return say("stillOpen");
  }
  const why = end.why[0].toUpperCase() + end.why.slice(1);
  return `${nameOfCode(end.code)}. ${say(`end${why}`)} ${explain(end.code)}`;
}

function lengthWords(frame) {
  const words = say("byteCount", { count: lengthOf(frame) });
  return frame.passed_len < frame.len
    ? `${words}. ${say("cutOff", { count: bytes(frame.passed_len) })}`
    : words;
}

/** So many bytes, to be filled into other words. */
function bytes(count) {
  return { key: "byteCount", values: { count } };
}

function compressionOf(frame) {
  if (!frame.is_compressed) {
    return say("notCompressed");
  }
  if (frame.fault !== null) {
    return say(frame.fault === "corrupt" ? "corrupt" : "tooLarge");
  }
  const [wire, inflated] = [number(frame.len), number(frame.inflated_len)];
  return say("isCompressed", { wire, inflated });
}

function notesOf(frame) {
  const notes = [];
  const fragments = frame.message.frames.length;
  if (fragments > 1) {
    notes.push(say("wholeMessage", { fragments: { key: "inFragments", values: { count: fragments } } }));
  }
  const came = frame.is_compressed ? lengthOf(frame) : Math.min(frame.len, frame.passed_len);
  if (frame.payload.length < came) {
    notes.push(say("keptOnly", { count: bytes(frame.payload.length) }));
  }
  return notes;
}

/** What a Close says, in the RFC's name of its code and in words. */
function closeWords(frame) {
  const { code, reason } = closeOf(frame.payload);
  return definitions([
    [say("closeCode"), code === null ? say("noCode") : `${nameOfCode(code)}. ${explain(code)}`],
    [say("closeReason"), reason === "" ? null : reason],
  ]);
}
