// A chat without names: a form sends, and the newest message stands on top. Only for its own page.
let socket = new WebSocket("wss://chat.example/ws");

document.forms.publish.onsubmit = function () {
  let outgoing = this.message.value;

  socket.send(outgoing);
  return false;
};

socket.onmessage = function (event) {
  let element = document.createElement("div");
  element.textContent = event.data;
  document.getElementById("messages").prepend(element);
};

document.getElementById("leave").onclick = () => socket.close(1000, "done");
socket.onopen = () => { document.body.appendChild(document.createTextNode("as " + origin)); };
socket.onclose = (event) => document.write("<p>Left with ", event.code, ".</p>");
