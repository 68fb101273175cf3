// An echo's client, written for the object of browsers: each of CONNECTIONS sockets keeps DEPTH
// messages of 64 B in flight, for WARM_UP_MS and again for MEASURE_MS. Owns what is measured; the
// same file runs in every program, which gives it `WebSocket`, `scriptArgs` and `console`.
// Between two phases nothing is in flight, so that the time of its process can be read.
(() => {
  "use strict";

  const [url, connections, depth, warmUp, measure, pause] =
    scriptArgs.map((arg, at) => (at === 0 ? arg : Number(arg)));
  const TEXT = "0123456789abcdef".repeat(4);
  const sockets = [];
  const phases = [["warm", warmUp], ["measured", measure]];
  let flying = 0;
  let count = 0;
  let isOver = false;

  const fail = (why) => {
    console.log(`fault ${why}`);
    for (const socket of sockets) socket.onclose = null;
    throw new Error(why);
  };

  const begin = () => {
    const [name, ms] = phases[0];
    count = 0;
    isOver = false;
    setTimeout(() => { isOver = true; }, ms);
    console.log(`begin ${name}`);
    for (const socket of sockets) {
      for (let at = 0; at < depth; at += 1) {
        flying += 1;
        socket.send(TEXT);
      }
    }
  };

  const end = () => {
    console.log(`end ${phases.shift()[0]} ${count}`);
    // Time for who reads the clock: a program that is asleep has none that is not booked.
    if (phases.length > 0) setTimeout(begin, pause);
    else setTimeout(() => { for (const socket of sockets) socket.close(); }, pause);
  };

  const onmessage = function (event) {
    if (event.data !== TEXT) fail("another text came back");
    count += 1;
    if (!isOver) {
      this.send(TEXT);
    } else {
      flying -= 1;
      if (flying === 0) end();
    }
  };

  let open = 0;
  for (let at = 0; at < connections; at += 1) {
    const socket = new WebSocket(url);
    sockets.push(socket);
    socket.onopen = () => {
      open += 1;
      if (open === connections) begin();
    };
    socket.onmessage = onmessage;
    socket.onclose = (event) => { if (!event.wasClean) fail(`closed with ${event.code}`); };
  }
})();
