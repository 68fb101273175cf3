// Sends more only once all that was sent has left.
const socket = new WebSocket("ws://echo.example/echo");
let sent = 0;

const moreData = () => "x".repeat(100000);

socket.onopen = () => {
  const timer = setInterval(() => {
    if (socket.bufferedAmount == 0) {
      socket.send(moreData());
      sent += 1;
      if (sent === 1) console.log("waiting:", socket.bufferedAmount);
      if (sent === 3) clearInterval(timer);
    }
  }, 10);
};

let received = 0;
socket.onmessage = (event) => {
  received += event.data.length;
  if (received === 300000) socket.close();
};
socket.onclose = (event) => console.log("received:", received, "clean:", event.wasClean);
