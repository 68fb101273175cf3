// The first client of a tutorial: says who it is, is greeted, and hears the server leave.
let socket = new WebSocket("wss://greeting.example/demo/hello");

socket.onopen = function (event) {
  alert("[open] connected");
  alert("sending");
  socket.send("Меня зовут Джон");
};

socket.onmessage = function (event) {
  alert(`[message] ${event.data}`);
};

socket.onclose = function (event) {
  if (event.wasClean) {
    alert(`[close] cleanly, code=${event.code} reason=${event.reason}`);
  } else {
    alert("[close] lost");
  }
};

socket.onerror = function (error) {
  alert(`[error] ${error.message}`);
};
