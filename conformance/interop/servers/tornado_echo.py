"""tornado_echo.py off|deflate [CERT KEY]: an echo server on Tornado, for a client under test.

Prints `listening on ADDRESS:PORT`, and of every connection `closed PATH CODE REASON` with tabs
between. /goodbye is closed at once, /refuse is refused. It ends with its standard input.
"""

import asyncio
import logging
import pathlib
import sys

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketClosedError, WebSocketHandler

sys.path.append(str(pathlib.Path(__file__).parent.parent / "lib"))
from server_tls import server_tls


class Echo(WebSocketHandler):
    def prepare(self):
        if self.request.path == "/refuse":
            self.set_status(403)
            self.finish("no.\n")

    def get_compression_options(self):
        return {} if sys.argv[1] == "deflate" else None

    def open(self):
        if self.request.path == "/goodbye":
            self.close(3001, "enough")

    async def on_message(self, message):
        try:
            await self.write_message(message, binary=isinstance(message, bytes))
        except WebSocketClosedError:
            # A message that crossed our own close; unhandled, Tornado drops the connection.
            pass

    def on_close(self):
        print("closed", self.request.path, self.close_code, self.close_reason or "", sep="\t",
              flush=True)


async def main():
    # Refused requests are meant to be.
    logging.getLogger("tornado.access").setLevel(logging.CRITICAL)
    # So are clients that do not trust us.
    logging.getLogger("tornado.general").setLevel(logging.CRITICAL)
    application = Application([(".*", Echo)], websocket_max_message_size=64 << 20)
    server = HTTPServer(application, ssl_options=server_tls(sys.argv[2:]))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    host, port = sockets[0].getsockname()
    print(f"listening on {host}:{port}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
