// The language of a page. Owns the choice of it, and what words, numbers and times are in it; how they
// get into elements does not concern it.

import { recall, remember } from "./memory.js";
import { WORDS } from "./words.js";

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
export function partsOf(key, values = {}) {
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

/** What a part is as text. */
export function textOf(part) {
  return part.quoted ?? part;
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

/** The name of the language that is used. */
export function languageNow() {
  return language;
}

/** The languages that there are words in, each with what it is called in itself. */
export function languages() {
  return Object.entries(WORDS).map(([name, words]) => [name, words.languageName]);
}

/** Uses the language `name` from now on, and when the visitor comes back. */
export function switchTo(name) {
  remember("language", name);
  // The browser may keep nothing; the visitor has chosen all the same.
  use(name);
}
