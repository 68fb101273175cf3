// Elements with words. Owns how words get into them: as text, never as markup; and that they change with
// the language.

import { languageNow, languages, partsOf, say, switchTo, textOf, time } from "./language.js";

/** What is filled into the words of an element, and into those that name it. */
const valuesOf = new WeakMap();
const labelValuesOf = new WeakMap();

let title = null;
/** What makes elements anew whose words were not put there one by one. */
const renewals = [];

/** Puts the words named `key` into `element`, now and in whatever language is switched to. */
export function put(element, key, values = {}) {
  element.dataset.words = key;
  valuesOf.set(element, values);
  const parts = partsOf(key, values);
  // What is there already must not be told again by whoever reads the page aloud.
  if (element.textContent !== parts.map(textOf).join("")) {
    element.replaceChildren(...parts.map(nodeOf));
  }
}

/** Takes the words out of `element` that were put there. */
export function clear(element) {
  delete element.dataset.words;
  element.textContent = "";
}

/** Names `element` with the words named `key` for those who hear the page. */
export function label(element, key, values = {}) {
  element.dataset.wordsLabel = key;
  labelValuesOf.set(element, values);
  element.setAttribute("aria-label", say(key, values));
}

/** A new element with the words named `key`. */
export function wordsElement(name, key, values = {}, className = "") {
  const element = textElement(name, "", className);
  put(element, key, values);
  return element;
}

/** A new element with a text that is nobody's words but a peer's or a visitor's. */
export function textElement(name, text = "", className = "") {
  const element = document.createElement(name);
  element.textContent = text;
  if (className !== "") {
    element.className = className;
  }
  return element;
}

/** A new element that says the time of day of `date`. */
export function timeElement(date) {
  const element = textElement("time", time(date));
  element.dateTime = date.toISOString();
  return element;
}

/** Names the page. */
export function entitle(key, values = {}) {
  title = { key, values };
  document.title = say(key, values);
}

/** Puts the page that was loaded into the language, and offers the other ones. */
export function translatePage(titleKey) {
  if (titleKey) {
    entitle(titleKey);
  }
  translate();
  for (const place of document.querySelectorAll("[data-languages]")) {
    offerLanguages(place);
  }
}

/** Has `renew` called after each switch of the language, for what a page made with `say`. */
export function whenSwitched(renew) {
  renewals.push(renew);
}

function translate() {
  document.documentElement.lang = languageNow();
  if (title !== null) {
    entitle(title.key, title.values);
  }
  for (const element of document.querySelectorAll("[data-words]")) {
    put(element, element.dataset.words, valuesOf.get(element));
  }
  for (const element of document.querySelectorAll("[data-words-label]")) {
    label(element, element.dataset.wordsLabel, labelValuesOf.get(element));
  }
  for (const element of document.querySelectorAll("time[datetime]")) {
    element.textContent = time(new Date(element.dateTime));
  }
}

function offerLanguages(place) {
  const buttons = languages().map(([name, called]) => {
    const button = textElement("button", called, "quiet");
    button.type = "button";
    button.lang = name;
    button.setAttribute("aria-pressed", String(name === languageNow()));
    button.addEventListener("click", () => {
      switchTo(name);
      for (const each of buttons) {
        each.setAttribute("aria-pressed", String(each === button));
      }
      translate();
      for (const renew of renewals) {
        renew();
      }
    });
    return button;
  });
  place.replaceChildren(...buttons);
}

function nodeOf(part) {
  if (part.quoted === undefined) {
    return part;
  }
  const quoted = textElement("q", part.quoted);
  // Of the languages of our words: whoever reads the page aloud must know which one this is.
  quoted.lang = /\p{Script=Cyrillic}/u.test(part.quoted) ? "ru" : "en";
  return quoted;
}
