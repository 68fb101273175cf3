// The list of connections. Owns its order, the newest first, and that the focus stays where it is
// while the list changes.

import { decoded } from "./address.js";
import { textElement as element } from "../elements.js";
import { say, time } from "../language.js";
import { legible } from "./masks.js";

export class ConnectionList {
  #list;
  #choose;

  /** `choose` gets the connection that somebody chose. */
  constructor(list, choose) {
    this.#list = list;
    this.#choose = choose;
  }

  /** Shows these connections, `chosen` as the one that is looked at. */
  show(connections, chosen) {
    const focused = document.activeElement?.dataset.connection;
    const newest = Array.from(connections).sort((one, other) => other.id - one.id);
    this.#list.replaceChildren(...newest.map((one) => this.#item(one, one === chosen)));
    this.#list.querySelector(`[data-connection="${focused}"]`)?.focus();
  }

  #item(connection, isChosen) {
    const button = element("button");
    button.type = "button";
    button.dataset.connection = connection.id;
    if (isChosen) {
      button.ariaCurrent = "true";
    }
    const { end, next } = connection;
    const state = end === null ? say("opened") : say("ended", { code: String(end.code) });
    const opened = time(new Date(connection.opened_at_ms));
    button.append(
      element("strong", legible(connection.target)),
      ...decodedElements(connection.target),
      element("span", `${opened} · ${state}`, end === null ? "open" : "ended"),
      element("span", say("frameCount", { count: next })),
    );
    button.addEventListener("click", () => this.#choose(connection));
    const item = element("li");
    item.append(button);
    return item;
  }
}

/** What the address says to people, if that is something else. */
function decodedElements(address) {
  const words = decoded(address);
  if (words === null) {
    return [];
  }
  const line = element("span");
  line.append(element("bdi", words));
  return [line];
}
