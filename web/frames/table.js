// The table of frames. Owns its length, which rows the filter lets through, which one is chosen, and
// that the newest is in sight for whoever is at the end.

import { flagsOf } from "./codes.js";
import { textElement as element } from "../elements.js";
import { number, say } from "../language.js";
import { excerptOf } from "./payload.js";
import { lengthOf } from "./store.js";

/** Rows that there are at most; of more frames the last ones are shown. */
const ROWS_MAX = 500;
/** How far from the end, in pixels, a reader still counts as being there. */
const END_DISTANCE = 32;

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

export class FrameTable {
  #body;
  #scroller;
  #choose;
  #rows = new Map();
  #chosen = null;
  #isAtEnd = true;

  /** `choose` gets the frame that somebody chose, and whether with a pointer. */
  constructor(body, scroller, choose) {
    this.#body = body;
    this.#scroller = scroller;
    this.#choose = choose;
    scroller.addEventListener("scroll", () => {
      const rest = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
      this.#isAtEnd = rest < END_DISTANCE;
    });
    body.addEventListener("click", (event) => {
      const row = event.target.closest("tr.frame");
      if (row !== null) {
        this.#chooseRow(row, true);
      }
    });
    body.addEventListener("keydown", (event) => this.#walk(event));
  }

  get size() {
    return this.#rows.size;
  }

  /** Shows these frames and no others. */
  show(frames) {
    this.#body.replaceChildren();
    this.#rows.clear();
    this.#isAtEnd = true;
    this.add(frames.slice(-ROWS_MAX));
    if (!this.#rows.has(this.#chosen)) {
      this.#chosen = null;
    }
  }

  /** Adds frames at the end. */
  add(frames) {
    const added = document.createDocumentFragment();
    for (const frame of frames) {
      if (frame.lostBefore > 0) {
        added.append(gapRow(frame.lostBefore));
      }
      const row = frameRow(frame);
      row.ariaSelected = String(frame === this.#chosen);
      this.#rows.set(frame, row);
      added.append(row);
    }
    this.#body.append(added);
    for (const [frame, row] of this.#rows) {
      if (this.#rows.size <= ROWS_MAX) {
        break;
      }
      this.#rows.delete(frame);
      row.remove();
    }
    this.#offerFocus();
    if (this.#isAtEnd) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
    }
  }

  /** Makes the rows anew, in the language of now; the reader stays where it is. */
  renew() {
    const [isAtEnd, top] = [this.#isAtEnd, this.#scroller.scrollTop];
    this.show(Array.from(this.#rows.keys()));
    if (!isAtEnd) {
      this.#isAtEnd = false;
      this.#scroller.scrollTop = top;
    }
  }

  /** No frame is chosen any more. */
  unchoose() {
    this.#chosen = null;
    this.#mark();
  }

  get hasChosen() {
    return this.#chosen !== null;
  }

  #chooseRow(row, isPointed) {
    const [frame] = Array.from(this.#rows).find(([, own]) => own === row);
    this.#chosen = frame;
    this.#mark();
    row.focus();
    this.#choose(frame, isPointed);
  }

  #mark() {
    for (const [frame, row] of this.#rows) {
      row.ariaSelected = String(frame === this.#chosen);
    }
    this.#offerFocus();
  }

  /** Tab reaches one row, the arrows all others. */
  #offerFocus() {
    const reached = this.#rows.get(this.#chosen) ?? this.#body.querySelector("tr.frame");
    for (const row of this.#rows.values()) {
      row.tabIndex = row === reached ? 0 : -1;
    }
  }

  #walk(event) {
    const rows = Array.from(this.#rows.values());
    const at = rows.indexOf(event.target.closest("tr.frame"));
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, Enter: at, " ": at };
    const row = rows[steps[event.key]];
    if (row !== undefined) {
      event.preventDefault();
      this.#chooseRow(row, false);
    }
  }
}

function gapRow(count) {
  const row = element("tr", "", "gap");
  const cell = element("td", say("lostFrames", { count }));
  cell.colSpan = 5;
  row.append(cell);
  return row;
}

function frameRow(frame) {
  const row = element("tr", "", `frame ${frame.from}`);
  row.role = "row";
  const opcode = element("td", "", "opcode");
  const isClient = frame.from === "client";
  const arrow = element("span", isClient ? "↑" : "↓", "arrow");
  arrow.ariaHidden = "true";
  // To whoever does not see the arrow.
  const direction = element("span", say(isClient ? "fromBrowser" : "fromServer"), "aloud");
  opcode.append(arrow, " ", direction, " ", say(`opcode${frame.opcode}`));
  const length = element("td", number(lengthOf(frame)), "length");
  if (frame.is_compressed) {
    length.append(element("small", say("onWire", { bytes: number(frame.len) })));
  }
  row.append(
    element("td", clock.format(frame.time), "time"),
    opcode,
    element("td", flagsOf(frame.first_byte), "flags"),
    length,
    element("td", excerptOf(frame), "payload"),
  );
  // Said anew, as a row of several lines is no row to a browser any more.
  for (const cell of row.cells) {
    cell.role = "gridcell";
  }
  return row;
}
