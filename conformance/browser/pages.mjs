// pages.mjs PROGRAM CHROMIUM FIREFOX [FOLDER]: people at the pages of `sockeye serve`, which PROGRAM is,
// in two browsers at once. Pictures go into FOLDER if there is one.

import { Checks } from "../interop/lib/checks.mjs";
import { checkAccessInChromium, checkAccessInFirefox } from "./access.mjs";
import { checkChat } from "./chat_page.mjs";
import { checkComingBack } from "./coming_back.mjs";
import { startChromium, startFirefox } from "./lib/browsers.mjs";
import { Cable, House } from "./lib/house.mjs";
import { checkRefusedOpening } from "./refused_opening.mjs";
import { checkSmallPages } from "./small_pages.mjs";
import { checkWords } from "./words_of_pages.mjs";

const [, , program, chromiumPath, firefoxPath, folder] = process.argv;
const checks = new Checks((line) => console.log(line));
const house = new House(program);
await house.start();
const cable = new Cable(house.port);
await cable.lay();
const first = await startChromium(chromiumPath, folder);
try {
  let second = await startFirefox(firefoxPath, { locale: "en-GB", colorScheme: "light", folder });
  try {
    const world = { house, cable, first, second };
    await checkSmallPages(checks, world);
    await checkComingBack(checks, world);
    await checkChat(checks, world, program);
    await checkWords(checks, world, program);
    await checkRefusedOpening(checks, world, program);
    await checkAccessInFirefox(checks, second, house.site, "en-GB-light");
  } finally {
    await second.end();
  }
  second = await startFirefox(firefoxPath, { locale: "ru-RU", colorScheme: "dark", folder });
  try {
    await checkAccessInFirefox(checks, second, house.site, "ru-RU-dark");
  } finally {
    await second.end();
  }
  await checkAccessInChromium(checks, first, house.site);
} finally {
  await first.end();
  cable.remove();
  await house.end();
}
