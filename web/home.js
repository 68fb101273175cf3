// The home page: its language, this server's own address where a person can copy it, and whether a
// WebSocket gets from here to there and back.

import { addressOf } from "./connection.js";
import { put, translatePage } from "./elements.js";
import { HOME_WORDS } from "./home_words.js";
import { learn } from "./language.js";
import { whyRefused } from "./opening.js";

/** What stands in the examples of the markup. */
const EXAMPLE = "ws://127.0.0.1:8080/echo";
/** A server that takes longer is as good as silent. In milliseconds. */
const ANSWER_MS_MAX = 10_000;

const address = addressOf("echo");
const [again, state, status] = ["again", "state", "status"].map((id) =>
  document.getElementById(id),
);

function show(newState, words, values) {
  status.dataset.state = newState;
  put(state, words, values);
  again.disabled = newState === "connecting";
}

/** One message there and back over a connection of its own, which ends with it. */
function tryOut() {
  show("connecting", "homeChecking");
  const socket = new WebSocket(address);
  const limit = setTimeout(() => socket.close(), ANSWER_MS_MAX);
  let outcome = ["closed", "homeBad"];
  let sentAt;
  socket.addEventListener("open", () => {
    outcome = ["closed", "homeSilent"];
    sentAt = performance.now();
    socket.send("there and back");
  });
  socket.addEventListener("message", () => {
    // At least the one that it took, as clocks of browsers are coarse.
    const count = Math.max(1, Math.round(performance.now() - sentAt));
    outcome = ["open", "homeGood", { count }];
    socket.close(1000);
  });
  socket.addEventListener("close", async () => {
    clearTimeout(limit);
    // A proxy is to blame only where the server itself has nothing against it.
    const why = sentAt === undefined ? await whyRefused(address) : null;
    show(...(why === null ? outcome : ["closed", why.key]));
  });
}

learn(HOME_WORDS);
translatePage();
document.getElementById("address").textContent = address;
for (const example of document.querySelectorAll("[data-address]")) {
  example.textContent = example.textContent.replaceAll(EXAMPLE, address);
}
again.addEventListener("click", tryOut);
tryOut();
