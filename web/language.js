// The language of a page. Owns the choice of it and how words get into elements: as text, never as
// markup. Words that were put somewhere change with the language.

import { recall, remember } from "./memory.js";
import { WORDS } from "./words.js";

/** What is filled into the words of an element, and into those that name it. */
const valuesOf = new WeakMap();
const labelValuesOf = new WeakMap();

let title = null;
/** What makes elements anew whose words were not put there one by one. */
const renewals = [];
let language, plurals, numbers, times, moments;
use(recall("language"));

/** What the visitor switched to, if anything, or the first browser language that we have words in. */
function use(wanted) {
  const has = (name) => Object.hasOwn(WORDS, name);
  const name = wanted !== null && has(nameOf(wanted)) ? nameOf(wanted) : null;
  const fits = (tag) => (name === null ? has(nameOf(tag)) : nameOf(tag) === name);
  // With its region, if it has one: dates and numbers depend on that.
  const locale = navigator.languages.find(fits) ?? name ?? "en";
  language = nameOf(locale);
  // Made once, as each takes as long as writing a hundred numbers.
  plurals = new Intl.PluralRules(language);
  numbers = new Intl.NumberFormat(locale);
  times = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
  moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
}

function nameOf(tag) {
  return tag.toLowerCase().split("-")[0];
}

/** Adds the words of a page to those that all pages have. */
export function learn(words) {
  for (const [name, more] of Object.entries(words)) {
    Object.assign(WORDS[name], more);
  }
}

/**
 * The words named `key`, with `values` in place of the names in braces: a text, a number, a `Date`
 * (its time of day), a `quote`, or words as `{ key, values }`.
 */
export function say(key, values) {
  return partsOf(key, values).map(textOf).join("");
}

/** What a server or a peer says in its own words, to be filled into ours. */
export function quote(text) {
  return { quoted: text };
}

/** Texts and quotes, of which the words consist. */
function partsOf(key, values = {}) {
  const words = WORDS[language][key];
  const form = typeof words === "string" ? words : words[plurals.select(values.count)];
  // What stands between the names, and the names.
  const pieces = form.split(/\{(\w+)\}/);
  return pieces.flatMap((piece, at) => (at % 2 === 0 ? [piece] : inWords(values[piece])));
}

function inWords(value) {
  if (typeof value === "number") {
    return [number(value)];
  }
  if (value instanceof Date) {
    return [time(value)];
  }
  return value?.key === undefined ? [value] : partsOf(value.key, value.values);
}

function textOf(part) {
  return part.quoted ?? part;
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

/** The words named `key` in the form that goes with `count`, which stands in them as a number. */
export function sayCount(key, count, values = {}) {
  return say(key, { ...values, count });
}

/** Whether there are words named `key`. */
export function knows(key) {
  return Object.hasOwn(WORDS[language], key);
}

/** A number as people of this language write it. */
export function number(value) {
  return numbers.format(value);
}

/** A day and a time, to the second. */
export function moment(date) {
  return moments.format(date);
}

/** A time of day, to the second; with its date, if that is not today. */
export function time(date) {
  const isToday = new Date().toDateString() === date.toDateString();
  return (isToday ? times : moments).format(date);
}

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
export function textElement(name, text, className = "") {
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
  document.documentElement.lang = language;
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
  const buttons = Object.entries(WORDS).map(([name, words]) => {
    const button = textElement("button", words.languageName, "quiet");
    button.type = "button";
    button.lang = name;
    button.setAttribute("aria-pressed", String(name === language));
    button.addEventListener("click", () => {
      remember("language", name);
      // The browser may keep nothing; the visitor has chosen all the same.
      use(name);
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
