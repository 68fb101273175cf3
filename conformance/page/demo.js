// A page with a status, a list of what was said, and a button that leaves.
window.onload = function () {
  var form = document.getElementById("message-form");
  var field = document.getElementById("message");
  var list = document.getElementById("messages");
  var status = document.getElementById("status");
  var button = document.getElementById("close");

  var socket = new WebSocket("ws://echo.example/echo");

  socket.onopen = function (event) {
    status.innerHTML = "Connected to: " + event.currentTarget.url;
    status.className = "open";
  };
  socket.onerror = function (error) {
    console.log("WebSocket Error: " + error);
  };

  form.onsubmit = function (event) {
    event.preventDefault();
    var message = field.value;
    socket.send(message);
    list.innerHTML += '<li class="sent"><span>Sent:</span> ' + message + "</li>";
    field.value = "";
    return false;
  };

  socket.onmessage = function (event) {
    list.innerHTML += '<li class="received"><span>Received:</span> ' + event.data + "</li>";
  };
  socket.onclose = function (event) {
    status.innerHTML = "Disconnected.";
    status.className = "closed";
  };

  button.onclick = function (event) {
    event.preventDefault();
    socket.close();
    return false;
  };
};
