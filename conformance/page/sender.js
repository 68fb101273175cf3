// Sends more only once all that was sent has left.
let socket;
let sent = 0;

const moreData = () => "x".repeat(100000);

const send = () => {
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
const start = () => {
  socket = new WebSocket("ws://echo.example/echo");
  socket.onopen = send;
  socket.onmessage = (event) => {
    received += event.data.length;
    if (received === 300000) socket.close();
  };
  socket.onclose = (event) => console.log("received:", received, "clean:", event.wasClean);
};

// As pages do whose script may be read before the rest of them.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
