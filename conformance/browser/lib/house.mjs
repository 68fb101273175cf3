// The server that people visit, which can be restarted, and a cable to it, which can be cut.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer, request as ask } from "node:http";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const LISTENING = "listening on ";

/** `sockeye serve` from `program`. */
export class House {
  #program;
  #settings;
  #child;

  /** `settings` are flags beside those that all houses have. */
  constructor(program, settings = []) {
    this.#program = program;
    this.#settings = settings;
  }

  /** Starts it; a second time where it was before. */
  async start() {
    const args = ["serve", "--listen", `127.0.0.1:${this.port ?? 0}`, "--log-level", "warn"];
    this.#child = spawn(this.#program, [...args, ...this.#settings], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: this.#child.stdout })) {
      if (line.startsWith(LISTENING)) {
        this.port = Number(new URL(line.slice(LISTENING.length).trim()).port);
        this.site = `http://127.0.0.1:${this.port}/`;
        // Whatever it may still say must not fill the pipe.
        this.#child.stdout.resume();
        return;
      }
    }
    throw new Error("the server ended before it listened");
  }

  /** Tells it to stop; it goes on for as long as its settings have it wait. */
  drain() {
    this.#child.kill("SIGTERM");
  }

  /** Ends it at once, without a goodbye, or as its administrator does. Its memory is gone. */
  async end(signal = "SIGKILL") {
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
  }
}

/** Somebody at the same address who opens WebSockets as fast as they can, until it ends. */
export class Hurry {
  #port;
  #isOver = false;
  #refuse;
  /** Ready once one was refused. */
  refused = new Promise((resolve) => (this.#refuse = resolve));

  constructor(port) {
    this.#port = port;
    this.#open();
  }

  end() {
    this.#isOver = true;
  }

  #open() {
    if (this.#isOver) return;
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const asked = ask({ host: "127.0.0.1", port: this.#port, path: "/echo", headers });
    const next = () => this.#open();
    asked.on("upgrade", (_, socket) => {
      socket.destroy();
      next();
    });
    asked.on("response", (refused) => {
      this.#refuse();
      refused.resume().on("end", next);
    });
    asked.on("error", next);
    asked.end();
  }
}

/** An HTTP proxy that does not tell the server by which host people know it. */
export class Mask {
  #server = createHttpServer((request, response) => {
    const asked = ask({ ...this.#to(request), method: request.method }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    asked.on("error", () => response.destroy());
    request.pipe(asked);
  });
  #port;

  constructor(port) {
    this.#port = port;
    this.#server.on("upgrade", (request, socket) => {
      socket.on("error", () => socket.destroy());
      const asked = ask(this.#to(request));
      // None of those that come here is agreed to.
      asked.on("response", ({ statusCode, statusMessage }) =>
        socket.end(`HTTP/1.1 ${statusCode} ${statusMessage}\r\nConnection: close\r\n\r\n`),
      );
      asked.on("upgrade", (_, other) => {
        other.destroy();
        socket.destroy();
      });
      asked.on("error", () => socket.destroy());
      asked.end();
    });
  }

  async putOn() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.site = `http://127.0.0.1:${this.#server.address().port}/`;
  }

  takeOff() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #to({ url, headers }) {
    const host = `127.0.0.1:${this.#port}`;
    return { host: "127.0.0.1", port: this.#port, path: url, headers: { ...headers, host } };
  }
}

/** A TCP proxy before a server. */
export class Cable {
  #server;
  #sockets = new Set();
  #isCut = false;
  /** "there" or "back": the way on which what is sent gets lost, until the cable is mended. */
  #lost = "";

  constructor(port) {
    this.#server = createServer((socket) => this.#join(socket, port));
  }

  async lay() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.site = `http://127.0.0.1:${this.#server.address().port}/`;
  }

  /** Ends all connections at once, and those that come until it is mended. */
  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Loses what is sent "there" or "back". No stream goes on after that: it has to be cut. */
  lose(way) {
    this.#lost = way;
  }

  mend() {
    this.#isCut = false;
    this.#lost = "";
  }

  remove() {
    this.cut();
    this.#server.close();
  }

  #join(socket, port) {
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    const other = connect(port, "127.0.0.1");
    for (const [one, two, way] of [
      [socket, other, "there"],
      [other, socket, "back"],
    ]) {
      this.#sockets.add(one);
      one.on("error", () => two.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        two.destroy();
      });
      one.on("data", (chunk) => {
        if (this.#lost !== way) two.write(chunk);
      });
    }
  }
}
