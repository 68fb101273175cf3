// The language of a page. Owns the choice of it and how words get into elements: as text, never as
// markup.

import { WORDS } from "./words.js";

/** The first of the browser's languages that we have words in, with its region if it has one. */
const locale = navigator.languages.find((tag) => Object.hasOwn(WORDS, nameOf(tag))) ?? "en";

const language = nameOf(locale);
const plurals = new Intl.PluralRules(language);

/** Adds words of a page that has many of its own, in each language. */
export function learn(words) {
  for (const [name, own] of Object.entries(words)) {
    Object.assign(WORDS[name], own);
  }
}

function nameOf(tag) {
  return tag.toLowerCase().split("-")[0];
}

/** The words named `key`, with `values` in place of the names in braces. */
export function say(key, values = {}) {
  return fill(WORDS[language][key], values);
}

/** The words named `key` in the form that goes with `count`, which stands in them as a number. */
export function sayCount(key, count, values = {}) {
  const forms = WORDS[language][key];
  return fill(forms[plurals.select(count)], { ...values, count: number(count) });
}

function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Whether there are words named `key`. */
export function knows(key) {
  return Object.hasOwn(WORDS[language], key);
}

/** A number as people of this language write it. */
export function number(value) {
  return new Intl.NumberFormat(locale).format(value);
}

/** A day and a time, to the second. */
export function moment(date) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(date);
}

/** A time of day, to the second. */
export function time(date) {
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(date);
}

/** Puts the page that was loaded into the language. */
export function translatePage(titleKey) {
  document.documentElement.lang = language;
  if (titleKey) {
    document.title = say(titleKey);
  }
  for (const element of document.querySelectorAll("[data-words]")) {
    element.textContent = say(element.dataset.words);
  }
  for (const element of document.querySelectorAll("[data-words-label]")) {
    element.setAttribute("aria-label", say(element.dataset.wordsLabel));
  }
}
