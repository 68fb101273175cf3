// When a connection that was lost is tried again, with a WebSocket and a clock that obey the check: the
// page's own module, in a browser. And what the frame view shows once its server was started anew.

import { equal } from "../interop/lib/checks.mjs";

/** As in web/connection.js: the first wait and the longest, in milliseconds. */
const WAIT_MS = 500;
const WAIT_MAX_MS = 30_000;

/** Close codes, and what becomes of the connection. */
const ENDS = [
  [1000, "closed"],
  [1001, "waiting"],
  [1006, "waiting"],
  [1008, "closed"],
  [1011, "waiting"],
  [1012, "waiting"],
  [1013, "waiting"],
  [3001, "waiting"],
  [3501, "closed"],
];

export async function checkComingBack(checks, { house, first }) {
  await checks.check("waits grow up to half a minute, each a bit by chance", async () => {
    const waits = await inPage(first, house, { codes: Array(24).fill(1006) });
    equal("waits", waits.length, 24);
    for (const [index, { state, wait }] of waits.entries()) {
      const longest = Math.min(WAIT_MS * 2 ** index, WAIT_MAX_MS);
      equal("state", state, "waiting");
      equal(`wait ${index} of ${wait} ms`, wait >= longest / 2 && wait <= longest, true);
    }
    // Those who were lost together come back one by one.
    const last = waits.slice(-12).map(({ wait }) => wait);
    equal("different waits", new Set(last).size > 6, true);
  });
  await checks.check("frame view shows nothing that a new server does not know", () => startAnew(first, house));
  for (const [code, state] of ENDS) {
    await checks.check(`a connection that is closed with ${code} is ${state}`, async () => {
      const [end] = await inPage(first, house, { codes: [code] });
      equal("its state", end.state, state);
    });
  }
}

/** Nothing is shown of a connection that the server does not know, least of all as one that is open. */
async function startAnew(maker, house) {
  const person = await maker.person(house.site);
  try {
    await person.visit("demo/frames");
    await person.sees('#status[data-state="on"]');
    await person.page.evaluate(async () => {
      const { addressOf } = await import("/assets/connection.js");
      const socket = new WebSocket(addressOf("echo"));
      socket.onopen = () => socket.send("the last words");
    });
    await person.sees("#rows .frame", "the last words");
    await house.end();
    await person.sees('#status[data-state="lost"]');
    await house.start();
    await person.sees('#status[data-state="on"]');
    await person.readsAll("#rows .frame", []);
    await person.sees("#no-connections");
    equal("details of it", (await person.reads("#details")).join().includes("echo"), false);
  } finally {
    await person.leave();
  }
}

/** What becomes of a connection that ends with one of `codes` after the other. */
async function inPage(maker, house, { codes }) {
  const person = await maker.person(house.site);
  try {
    await person.visit("");
    await person.isState("open");
    return await person.page.evaluate(async (codes) => {
      const { Connection } = await import("/assets/connection.js");
      const ends = [];
      let next = () => {};
      // Timers end when they are looked at, and sockets as the codes say.
      globalThis.setTimeout = (act, wait) => {
        ends.push({ state: "waiting", wait });
        next = act;
        return 1;
      };
      globalThis.WebSocket = class extends EventTarget {
        end(code) {
          const event = Object.assign(new Event("close"), { code, reason: "", wasClean: true });
          this.dispatchEvent(event);
        }
        constructor() {
          super();
          globalThis.latest = this;
        }
      };
      const connection = new Connection("ws://nowhere.invalid/", {
        changed: (state) => state === "closed" && ends.push({ state }),
      });
      connection.open();
      for (const code of codes) {
        globalThis.latest.end(code);
        next();
      }
      return ends;
    }, codes);
  } finally {
    await person.leave();
  }
}
