// A page whose WebSocket the server refuses before the upgrade: it says why in its own words and stays
// away, until its visitor has other credentials. Owns the tokens that are good and those that are not.

import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { equal } from "../interop/lib/checks.mjs";
import { House } from "./lib/house.mjs";

const SECRET = "s".repeat(32);

export async function checkRefusedOpening(checks, { first, second }, program) {
  const folder = await mkdtemp(join(tmpdir(), "sockeye-pages-"));
  const secret = join(folder, "secret");
  await writeFile(secret, SECRET);
  const house = new House(program, ["--auth-secret-file", secret]);
  await house.start();
  try {
    for (const maker of [first, second]) {
      for (const [path, enter] of [["demo/plain", async () => {}], ["demo/chat#tea", signIn]]) {
        await checks.check(`${path} says why it is refused (${maker.name})`, async () => {
          const person = await maker.person(house.site);
          try {
            await learnWhy(person, path, enter);
          } finally {
            await person.leave();
          }
        });
      }
    }
  } finally {
    await house.end();
    await rm(folder, { recursive: true });
  }
}

/** Comes with a forged token, with one for another room, and at last with a good one. */
async function learnWhy(person, path, enter) {
  await person.visit("");
  await shows(person, token("f".repeat(32), ["*"]));
  await person.visit(path);
  await enter(person);
  await person.isState("closed");
  await person.sees("#state", "Not let in: 401");
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

async function signIn(person) {
  await person.says("Anna", "#name");
}

/** Gives the browser a token for the server that it shows a page of. */
async function shows(person, token) {
  await person.page.evaluate((token) => {
    document.cookie = `sockeye_token=${token}; path=/`;
  }, token);
}

function token(secret, channels) {
  const claims = {
    sub: "anna",
    exp: 9_999_999_999,
    permissions: { subscribe: channels, publish: ["*"], presence: ["*"], history: ["*"] },
  };
  const parts = [{ alg: "HS256" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const signed = createHmac("sha256", secret).update(parts.join(".")).digest("base64url");
  return [...parts, signed].join(".");
}
