// A chat that asks for a nickname first, and finds its server by the address of its page.
window.onload = function () {
  var nick = prompt("Your nickname");
  var input = document.getElementById("input");
  input.focus();

  var socket = new WebSocket("ws://" + location.host + "/");

  socket.onmessage = function (event) {
    var node = document.createTextNode(event.data);
    var div = document.createElement("div");
    div.appendChild(node);
    document.body.insertBefore(div, input);
    input.scrollIntoView();
    if (event.data === nick + ": bye") socket.close();
  };

  input.onchange = function () {
    socket.send(nick + ": " + input.value);
    input.value = "";
  };
};
