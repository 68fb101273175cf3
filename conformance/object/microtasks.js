// When microtasks run: between the listeners of an event that the browser fires, and not while a script
// is on the stack that fires it.
const ws = new WebSocket(echo);
ws.addEventListener("open", () => { Promise.resolve().then(() => console.log("micro 1")); console.log("first"); });
const second = () => console.log("removed by a microtask");
ws.addEventListener("open", () => { queueMicrotask(() => { console.log("micro 2"); ws.removeEventListener("open", second); }); console.log("second"); });
ws.addEventListener("open", second);
ws.addEventListener("open", () => { console.log("third"); ws.close(); });
ws.addEventListener("open", (event) => {
  const within = [event.currentTarget === ws, event.eventPhase];
  queueMicrotask(() => console.log(within.join(), event.currentTarget === ws, event.eventPhase));
});
ws.onclose = () => {
  const t = new EventTarget();
  t.addEventListener("x", () => { Promise.resolve().then(() => console.log("later")); console.log("a"); });
  t.addEventListener("x", () => console.log("b"));
  t.dispatchEvent(new Event("x"));
  console.log("after dispatch");
  const c = new AbortController();
  c.signal.addEventListener("abort", () => { Promise.resolve().then(() => console.log("later abort")); console.log("a"); });
  c.signal.addEventListener("abort", () => console.log("b"));
  c.abort();
  console.log("after abort");
  nested();
};
// Timers that microtasks set are nested as those of the task are, so that all of these take 4 ms.
async function nested() {
  for (let count = 0; count < 12; count += 1) await new Promise((done) => setTimeout(done, 0));
  for (const ms of [3, 1, 0]) setTimeout(() => console.log("nested", ms), ms);
}
