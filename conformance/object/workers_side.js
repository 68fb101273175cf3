// The worker of workers.js: answers what it is asked.
if (name === "endless") {
  postMessage("here");
  for (;;);
}
self.onmessage = (event) => {
  const { data } = event;
  switch (data.ask) {
    case "shape":
      postMessage([
        name, self === globalThis, typeof window, typeof document, typeof WebSocket, typeof Worker,
        self instanceof EventTarget, self instanceof DedicatedWorkerGlobalScope,
        Object.prototype.toString.call(self), event.target === self, event.isTrusted, event.origin,
        Object.getPrototypeOf(DedicatedWorkerGlobalScope).name, postMessage.length, close.length,
        importScripts.length, typeof onmessage, onmessageerror,
      ]);
      break;
    case "back": {
      const { map, date, none, text } = data;
      postMessage(new Map(Object.entries({ map, date, none, text })));
      break;
    }
    case "buffer":
      postMessage([data.buffer.byteLength, structuredClone(data.buffer, { transfer: [data.buffer] }).byteLength,
        data.buffer.byteLength]);
      break;
    case "order":
      Promise.resolve().then(() => postMessage("microtask"));
      postMessage("task");
      break;
    case "throw":
      throw new Error("thrown there");
    case "handled":
      self.onerror = (message) => {
        postMessage(["handled", message.endsWith("Error: handled there")]);
        return true;
      };
      throw new Error("handled there");
    case "close":
      setTimeout(() => {
        close();
        postMessage("last");
        setTimeout(() => postMessage("never"));
      }, 50);
  }
};
