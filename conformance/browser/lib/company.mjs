// Checks with several people at once, each in a browser of their own.

import { equal } from "../../interop/lib/checks.mjs";

/**
 * A check called `name` with people of its own, one of each of `makers`; what a browser complained
 * about is a fault. The people of the first maker are behind the cable.
 */
export function company(checks, { house, cable }) {
  return (name, makers, body) =>
    checks.check(`${name} (${makers.map((maker) => maker.name).join(", ")})`, async () => {
      const people = [];
      try {
        for (const maker of makers) {
          people.push(await maker.person(maker === makers[0] ? cable.site : house.site));
        }
        await body(...people);
        equal("complaints", people.flatMap(({ complaints }) => complaints).join("; "), "");
      } finally {
        cable.mend();
        await Promise.all(people.map((person) => person.leave()));
      }
    });
}
