// The home page: its language, and this server's own address where a person can copy it.

import { translatePage } from "./language.js";

translatePage();
// Beside this script's folder, wherever a proxy may have mounted the server.
const address = new URL("../echo", import.meta.url).href.replace(/^http/, "ws");
document.getElementById("address").textContent = address;
document.getElementById("command").textContent = `sockeye connect ${address}`;
