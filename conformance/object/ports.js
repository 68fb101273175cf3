// MessageChannel and MessagePort: shapes, messages, transfer, closing; also through a worker, whose
// side is ports_side.mjs, a module.
const say = (...values) => console.log(...values);
const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return error instanceof DOMException ? `DOMException ${error.name}` : error.name;
  }
};
for (const constructor of [MessageChannel, MessagePort]) {
  const { name, length, prototype } = constructor;
  say(name, length, Object.getPrototypeOf(prototype).constructor.name, Object.prototype.toString.call(prototype));
  for (const key of ["port1", "postMessage", "start", "close", "onmessage", "onmessageerror", "constructor"]) {
    const found = Object.getOwnPropertyDescriptor(prototype, key);
    if (found === undefined) continue;
    const { value, get, set, enumerable, configurable, writable } = found;
    say(key, enumerable, configurable, String(writable), value?.length, get?.name, set?.name);
  }
}
say(attempt(() => new MessagePort()), attempt(() => MessageChannel()));
say(attempt(() => MessagePort.prototype.postMessage.call({}, 1)), attempt(() => MessagePort.prototype.onmessage));
const channel = new MessageChannel();
const { port1, port2 } = channel;
say(port1 === channel.port1, port1 instanceof MessagePort, port1.onmessage, port1 === port2);
say(attempt(() => port1.postMessage()), attempt(() => port1.postMessage(1, [port1])));
say(attempt(() => port1.postMessage(port2)), attempt(() => structuredClone(port1)));
say(attempt(() => port1.postMessage(1, [1])), attempt(() => port1.postMessage(1, [{}])));
say(attempt(() => port1.postMessage(1, { transfer: [port2, port2] })), attempt(() => port1.postMessage(1, 1)));
say(attempt(() => new MessageEvent("x", { ports: [port1], source: port1 }).ports[0] === port1));
say(attempt(() => new MessageEvent("x", { ports: [{}] })), attempt(() => new MessageEvent("x", { source: {} })));
say(attempt(() => new MessageEvent("x", { ports: null })), attempt(() => new MessageEvent("x", { source: self }).source === self));
{
  const event = new MessageEvent("x", { ports: [port1] });
  say(event.ports === event.ports, Object.isFrozen(event.ports));
}

const once = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
const next = (port) => {
  const event = once(port, "message");
  port.start();
  return event;
};
async function here() {
  port1.postMessage("waits for start");
  say("posted");
  const event = await next(port2);
  say(event.data, event.origin, event.source, event.ports.length, event.isTrusted, event.target === port2);
  port2.onmessage = ({ data }) => say("heard", typeof data, data.constructor.name);
  port1.postMessage("one");
  port1.postMessage(new Map([["two", new Date(2)]]));
  const bytes = new Uint8Array([1, 2, 3]);
  port1.postMessage({ bytes }, [bytes.buffer]);
  say(bytes.byteLength);
  Promise.resolve().then(() => say("a microtask"));
  await next(port2);
  await next(port2);
  await next(port2);

  const carried = new MessageChannel();
  carried.port1.postMessage("before it went");
  port1.postMessage({ port: carried.port2, list: [carried.port2] }, [carried.port2]);
  say(attempt(() => port1.postMessage(1, [carried.port2])), attempt(() => carried.port2.postMessage("into nothing")));
  carried.port1.postMessage("while it went");
  const { data, ports } = await next(port2);
  say(ports.length, data.port === ports[0], data.list[0] === ports[0], data.port === carried.port2, data.port instanceof MessagePort);
  say((await next(ports[0])).data, (await next(ports[0])).data);
  ports[0].postMessage("back");
  say((await next(carried.port1)).data);
  const moved = structuredClone({ port: ports[0] }, { transfer: [ports[0]] }).port;
  moved.postMessage("of the third port");
  say((await next(carried.port1)).data);
  say(attempt(() => structuredClone(1, { transfer: [ports[0]] })));

  moved.postMessage("last");
  const last = next(carried.port1);
  moved.close();
  moved.postMessage("after its end");
  say((await last).data);
  carried.port1.postMessage("nobody hears");
  carried.port1.close();
  carried.port1.close();
}

async function there() {
  const worker = new Worker("ports_side.mjs", { type: "module", name: "side" });
  say((await once(worker, "message")).data);
  const channel = new MessageChannel();
  channel.port1.postMessage("waits at the port");
  worker.postMessage({ port: channel.port2 }, [channel.port2]);
  channel.port1.postMessage("follows it");
  say((await next(channel.port1)).data);
  say((await next(channel.port1)).data);
  // A port through a port that is in the worker.
  const inner = new MessageChannel();
  channel.port1.postMessage("a port", [inner.port2]);
  say((await next(inner.port1)).data);
  inner.port1.postMessage(new Uint8Array([7, 8]));
  say((await next(inner.port1)).data);
  // One that comes from the worker.
  channel.port1.postMessage("give");
  const { data, ports } = await next(channel.port1);
  say(data, ports.length);
  ports[0].postMessage("to the worker's own");
  say((await next(ports[0])).data);
  // Two workers that talk to each other.
  const other = new Worker("ports_side.mjs", { type: "module" });
  await once(other, "message");
  const between = new MessageChannel();
  worker.postMessage({ port: between.port1 }, [between.port1]);
  other.postMessage({ greet: between.port2 }, [between.port2]);
  say((await once(other, "message")).data);
  other.terminate();
  worker.terminate();
  say("done");
}
here().then(there).catch((error) => say(error.name, error.message));
