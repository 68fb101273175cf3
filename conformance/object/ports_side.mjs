// The worker of ports.js, a module: answers at the ports that it is sent.
const answer = (port) => {
  port.onmessage = ({ data, ports }) => {
    if (data === "give") {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = (event) => port1.postMessage(`${event.data} port`);
      port.postMessage("given", [port2]);
    } else if (ports.length > 0) {
      ports[0].onmessage = (event) => ports[0].postMessage(event.data.length);
      ports[0].postMessage("at the inner port");
    } else {
      port.postMessage(`${data}, and back`);
    }
  };
};
self.onmessage = ({ data, ports }) => {
  if (data.greet === undefined) {
    answer(data.port);
    return;
  }
  data.greet.onmessage = (event) => postMessage([event.data, ports[0] === data.greet].join());
  data.greet.postMessage("from the other worker");
};
let refused = "nothing";
try {
  importScripts("workers_side.js");
} catch (error) {
  refused = error.name;
}
await null;
postMessage([name, refused, typeof this, typeof import.meta].join());
