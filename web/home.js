// The home page: its language, and this server's own address where a person can copy it.

import { translatePage } from "./language.js";

translatePage();
const scheme = location.protocol === "https:" ? "wss:" : "ws:";
const address = `${scheme}//${location.host}/echo`;
document.getElementById("address").textContent = address;
document.getElementById("command").textContent = `sockeye connect ${address}`;
