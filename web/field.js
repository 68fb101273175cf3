// A field that knows how long its text may be. Owns what is said below it: that it is missing, that it
// is too long, how much room is left where that gets scarce. What is typed is never cut.

import { clear, put } from "./elements.js";
import { charsOf } from "./limits.js";

/** What is left is told from the last fifth on, and of long texts from so many characters on. */
const SCARCE_PART = 5;
const SCARCE_MAX = 100;
/** How long nothing is typed before what is left is read aloud, in milliseconds. */
const PAUSE_MS = 800;
/** Halves of characters, which no UTF-8 has. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

export class Field {
  #input;
  #options;
  /** What is seen; it changes with each letter. */
  #note = document.createElement("p");
  /** What is read aloud: the same, once somebody stops typing. */
  #aloud = document.createElement("p");
  #timer = 0;

  /**
   * `max()` is how long the text may be as `measure(text)` counts it; `clean(text)` is what counts of
   * what is typed. Words: `missing` for nothing, if that is a fault; `left` and `tooLong` for a
   * `count`, and a `limit`. With `isCut` what is too long may be sent all the same.
   */
  constructor(input, options) {
    this.#input = input;
    this.#options = { clean: (text) => text.trim(), measure: charsOf, left: "charsLeft", ...options };
    this.#note.id = `${input.id}-note`;
    this.#note.className = "field-note";
    this.#aloud.className = "aloud";
    this.#aloud.setAttribute("role", "status");
    input.closest(".row").after(this.#note, this.#aloud);
    const described = [input.getAttribute("aria-describedby"), this.#note.id];
    input.setAttribute("aria-describedby", described.filter(Boolean).join(" "));
    input.addEventListener("input", () => this.look());
  }

  /** What is typed, as far as it counts: half a character becomes what a WebSocket makes of it. */
  get text() {
    return this.#options.clean(this.#input.value.replace(LONE_SURROGATES, "\ufffd"));
  }

  /** What is typed, if it can be sent; `null` and the reason below the field, if not. */
  check() {
    const isMissing = this.#options.missing !== undefined && this.text === "";
    if (isMissing) {
      this.#tell(this.#options.missing, {}, true);
    } else {
      this.look();
    }
    if (isMissing || (this.#room() < 0 && !this.#options.isCut)) {
      this.#readAloud();
      this.#input.focus();
      return null;
    }
    return this.text;
  }

  /** Says what there is to say of what is typed. */
  look() {
    const { max, left, tooLong, isCut } = this.#options;
    const limit = max();
    const room = this.#room();
    if (room < 0) {
      this.#tell(tooLong, { count: -room, limit }, !isCut);
    } else if (room <= Math.min(SCARCE_MAX, limit / SCARCE_PART)) {
      this.#tell(left, { count: room, limit }, false);
    } else {
      this.empty();
    }
  }

  /** Says nothing any more. */
  empty() {
    clearTimeout(this.#timer);
    this.#input.removeAttribute("aria-invalid");
    clear(this.#note);
    clear(this.#aloud);
  }

  /** How much longer it may be; less than 0 is by how much it is too long. */
  #room() {
    const { max, measure } = this.#options;
    return max() - measure(this.text);
  }

  #tell(key, values, isFault) {
    this.#note.classList.toggle("fault", isFault);
    if (isFault) {
      this.#input.setAttribute("aria-invalid", "true");
    } else {
      this.#input.removeAttribute("aria-invalid");
    }
    put(this.#note, key, values);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => put(this.#aloud, key, values), PAUSE_MS);
  }

  #readAloud() {
    clearTimeout(this.#timer);
    this.#aloud.textContent = this.#note.textContent;
  }
}
