// A page whose WebSocket the server refuses before the upgrade: it says why in its own words and stays
// away, until its visitor has other credentials or the server has room. Owns the tokens that are good
// and those that are not.

import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { equal } from "../interop/lib/checks.mjs";
import { House, Hurry, Mask } from "./lib/house.mjs";

const SECRET = "s".repeat(32);

/** What a token permits besides hearing the channels that it names. */
const ALL_ACTIONS = { publish: ["*"], presence: ["*"], history: ["*"] };

/** What pages say to whoever may come back later, and after which wait the server lets them. */
const LATER = {
  429: "You have as many connections here as one may have.",
  503: "The server stops or restarts.",
};
const RETRY_AFTER_MS = 5000;
const HASTE = "Connections from your address are opened faster than this server allows.";

export async function checkRefusedOpening(checks, world, program) {
  const folder = await mkdtemp(join(tmpdir(), "sockeye-pages-"));
  const secret = join(folder, "secret");
  await writeFile(secret, SECRET);
  const start = async (...settings) => {
    const house = new House(program, settings);
    await house.start();
    return house;
  };
  const ofMembers = ["--auth-secret-file", secret];
  try {
    await checkTokens(checks, world, await start(...ofMembers));
    await checkOrigin(checks, world);
    await checkFull(checks, world, await start(...ofMembers, "--limits-connections-per-user-max", "1"));
    await checkHaste(checks, world, await start("--limits-handshakes-per-second-max", "1"));
    await checkDraining(checks, world, await start("--drain-delay", "1h"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checkTokens(checks, world, house) {
  try {
    for (const [path, enter] of [["demo/plain", async () => {}], ["demo/chat#tea", signIn]]) {
      await each(checks, world, `${path} says why it is refused`, house.site, (person) =>
        learnWhy(person, path, enter),
      );
    }
    await each(checks, world, "a chat says what a token does not permit in a room", house.site, mayOnlyHear);
  } finally {
    await house.end();
  }
}

/** People at `site`, one in each browser, who do the same. */
async function each(checks, { first, second }, name, site, body) {
  for (const maker of [first, second]) {
    await checks.check(`${name} (${maker.name})`, async () => {
      const person = await maker.person(site);
      try {
        await body(person);
      } finally {
        await person.leave();
      }
    });
  }
}

/** A page behind a proxy that hides its host is as good as another site's. */
async function checkOrigin(checks, world) {
  const mask = new Mask(world.house.port);
  await mask.putOn();
  try {
    const { site } = mask;
    await each(checks, world, "a chat of a foreign origin stays away", site, async (person) => {
      await person.visit("demo/plain");
      await person.isState("closed");
      await person.sees("#state", "Not let in: 403");
      await person.sees("#detail", "The server takes this page for one of another site");
      await person.clicks('[data-languages] [lang="ru"]');
      await person.sees("#detail", "Сервер считает эту страницу страницей другого сайта");
      await person.clicks('[data-languages] [lang="en"]');
      await person.sees("#toggle", "Connect again");
      await person.clicks("#toggle");
      await person.sees("#state", "Not let in: 403");
    });
    await each(checks, world, "a frame view of a foreign origin stays away", site, async (person) => {
      await person.visit("demo/frames");
      await person.sees("#status", "The server takes this page for one of another site");
      await person.clicks("#again");
      await person.sees("#status", "The server takes this page for one of another site");
      await person.sees("#again", "Try now");
    });
  } finally {
    mask.takeOff();
  }
}

/** A page comes back to a server that has no room for its visitor when that said, and not before. */
async function checkFull(checks, world, house) {
  try {
    await each(checks, world, "a page comes back to a full server when it said", house.site, async (person) => {
      await person.visit("");
      await shows(person, token(SECRET, ["*"]));
      await person.visit("demo/plain");
      await person.isState("open");
      await person.clicks("#toggle");
      await person.isState("closed");
      await person.page.evaluate(async () => {
        const { addressOf } = await import("/assets/connection.js");
        globalThis.other = new WebSocket(addressOf("ws"));
        await new Promise((opened) => (globalThis.other.onopen = opened));
      });
      await person.clicks("#toggle");
      await waitsAsTold(person, 429);
      await person.page.evaluate(() => globalThis.other.close());
      await person.isState("open");
    });
  } finally {
    await house.end();
  }
}

/** A frame view comes back to a server that others of its address ask too often when that said. */
async function checkHaste(checks, world, house) {
  try {
    await each(checks, world, "a frame view comes back to a hurried server when it said", house.site, async (person) => {
      const hurry = new Hurry(house.port);
      try {
        await hurry.refused;
        await framesWaitAsTold(person, HASTE);
      } finally {
        hurry.end();
      }
      await person.sees("#status", "Live: connections of this browser are recorded");
    });
  } finally {
    await house.end();
  }
}

/** A page leaves a server alone that goes down. */
async function checkDraining(checks, world, house) {
  try {
    house.drain();
    while ((await fetch(new URL("ready", house.site))).status !== 503);
    await each(checks, world, "a page leaves a server alone that goes down", house.site, async (person) => {
      await person.visit("demo/plain");
      await waitsAsTold(person, 503);
    });
    await each(checks, world, "a frame view leaves a server alone that goes down", house.site, (person) =>
      framesWaitAsTold(person, LATER[503]),
    );
    const pages = [["", "#state"], ["demo/echo", "#detail"], ["demo/greeting", "#detail"], ["demo/frames", "#status"]];
    for (const [path, place] of pages) {
      await each(checks, world, `/${path} says that the server goes down`, house.site, async (person) => {
        await person.visit(path);
        if (path === "demo/greeting") {
          await person.says("Anna", "#text");
        }
        await person.sees(place, LATER[503]);
      });
    }
  } finally {
    await house.end();
  }
}

/** Connects, and is told to come back later, which nothing makes earlier. */
async function waitsAsTold(person, status) {
  const since = Date.now();
  await person.sees("#state", `Not let in: ${status}. Trying again at`);
  await person.sees("#detail", LATER[status]);
  await person.page.evaluate(() => {
    const { dataset } = document.getElementById("status");
    globalThis.tries = 0;
    const count = () => (globalThis.tries += dataset.state === "connecting" ? 1 : 0);
    new MutationObserver(count).observe(document.getElementById("status"), { attributes: true });
    document.dispatchEvent(new Event("visibilitychange"));
    dispatchEvent(new Event("online"));
  });
  await person.until("another try", () => globalThis.tries > 0);
  equal("it waited", Date.now() - since >= RETRY_AFTER_MS, true);
}

/** As `waitsAsTold`, of the frame view, which has words of its own for when it tries again. */
async function framesWaitAsTold(person, why) {
  const since = Date.now();
  await person.visit("demo/frames");
  await person.sees("#status", `${why} Trying again in`);
  await person.page.evaluate(() => {
    globalThis.tries = 0;
    globalThis.WebSocket = class extends WebSocket {
      constructor(...about) {
        super(...about);
        globalThis.tries += 1;
      }
    };
  });
  await person.until("another try", () => globalThis.tries > 0);
  equal("it waited", Date.now() - since >= RETRY_AFTER_MS, true);
}

/** Comes with a forged token, with one for another room, and at last with a good one. */
async function learnWhy(person, path, enter) {
  await person.visit("");
  await shows(person, token("f".repeat(32), ["*"]));
  await person.visit(path);
  await enter(person);
  await person.isState("closed");
  await person.sees("#state", "Not let in: 401");
  if (path.startsWith("demo/chat")) {
    // Nobody knows yet how many are there.
    equal("people", (await person.reads("#people-title")).join(), "Here: —");
  }
  await person.sees("#detail", "The server does not take your credentials.");
  await person.clicks('[data-languages] [lang="ru"]');
  await person.sees("#state", "Вход закрыт: 401");
  await person.sees("#detail", "Сервер не принимает ваш вход.");
  await person.clicks('[data-languages] [lang="en"]');

  await shows(person, token(SECRET, ["chat:elsewhere"]));
  await person.clicks("#toggle");
  await person.sees("#state", "Not let in: 403");
  await person.sees("#detail", "Your credentials do not permit this room.");
  // Coming into sight again makes a page that waits try at once; this one does not wait.
  await person.page.evaluate(() => {
    document.dispatchEvent(new Event("visibilitychange"));
    dispatchEvent(new Event("online"));
  });
  equal("state", (await person.reads("#state")).join(), "Not let in: 403");

  await shows(person, token(SECRET, ["*"]));
  await person.clicks("#toggle");
  await person.isState("open");
}

/** Hears what is said, and may neither see who is there nor speak. */
async function mayOnlyHear(person) {
  await person.visit("");
  await shows(person, token(SECRET, ["*"], {}));
  await person.visit("demo/chat#quiet");
  await signIn(person);
  await person.isState("open");
  await person.sees("#people-title", "You may not see who is here");
  await person.says("hello");
  await person.sees(".talk .notice", "you may read here, and not write");
}

async function signIn(person) {
  await person.says("Anna", "#name");
}

/** Gives the browser a token for the server that it shows a page of. */
async function shows(person, token) {
  await person.page.evaluate((token) => {
    document.cookie = `sockeye_token=${token}; path=/`;
  }, token);
}

function token(secret, channels, actions = ALL_ACTIONS) {
  const claims = {
    sub: "anna",
    exp: 9_999_999_999,
    permissions: { subscribe: channels, ...actions },
  };
  const parts = [{ alg: "HS256" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const signed = createHmac("sha256", secret).update(parts.join(".")).digest("base64url");
  return [...parts, signed].join(".");
}
