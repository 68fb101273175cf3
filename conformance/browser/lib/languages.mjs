// What has to be so for a table of words, whichever page it is of.

import { equal } from "../../interop/lib/checks.mjs";

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
