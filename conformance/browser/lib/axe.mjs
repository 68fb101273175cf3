// Accessibility as axe-core judges it, in the page as it is.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails with every violation on the page of `person`. */
export async function checkAccess(person) {
  await person.page.evaluate(source);
  const violations = await person.page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" ")}`);
  });
  if (violations.length > 0) throw new Error(`axe: ${violations.join("; ")}`);
}
