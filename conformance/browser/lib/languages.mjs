// The tables of words that a server has, and what has to be so for each, whichever page it is of.

import { equal } from "../../interop/lib/checks.mjs";

/** What the script `name` of the server at `site` exports: one that imports nothing. The
 * file itself is a module only for whoever serves it as such. */
export async function served(site, name) {
  const source = await (await fetch(new URL(`/assets/${name}`, site))).text();
  return import(`data:text/javascript,${encodeURIComponent(source)}`);
}

/** Every language has the same words, and of what is counted a form for each plural category. */
export function compareLanguages(table) {
  const keys = Object.keys(table.en).join();
  for (const [language, words] of Object.entries(table)) {
    equal(`the words of ${language}`, Object.keys(words).join(), keys);
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, forms] of Object.entries(words)) {
      equal(`${key} has forms`, typeof forms, typeof table.en[key]);
      if (typeof forms !== "string") {
        const found = Object.keys(forms).sort().join();
        equal(`forms of ${key} in ${language}`, found, [...pluralCategories].sort().join());
      }
    }
  }
}
