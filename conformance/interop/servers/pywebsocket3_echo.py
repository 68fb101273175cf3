"""pywebsocket3_echo.py off|deflate [CERT KEY]: an echo server on pywebsocket3, for a client under test.

Prints `listening on ADDRESS:PORT`, and of every connection `closed PATH CODE REASON` with tabs
between. /goodbye is closed at once, /refuse is refused. It ends with its standard input.
"""

import argparse
import logging
import pathlib
import sys
import threading

from pywebsocket3.websocket_server import WebSocketServer

sys.path.append(str(pathlib.Path(__file__).parent.parent / "lib"))
from server_tls import server_tls

# What its own program would make of no options.
OPTIONS = {
    "allow_handlers_outside_root_dir": False,
    "cgi_directories": [],
    "is_executable_method": None,
    "port": 0,
    "request_queue_size": 128,
    "scan_dir": None,
    "server_host": "127.0.0.1",
    "use_basic_auth": False,
    "use_tls": False,
    "validation_host": None,
    "validation_port": None,
    "websock_handlers": str(pathlib.Path(__file__).parent / "pywebsocket3_handlers"),
    "websock_handlers_map_file": None,
}


class Server(WebSocketServer):
    def _create_sockets(self):
        super()._create_sockets()
        # Its own TLS calls a function that newer Pythons have no more.
        context = server_tls(sys.argv[2:])
        if context:
            self._sockets = [(context.wrap_socket(plain, server_side=True), address)
                             for plain, address in self._sockets]


def main():
    # Refused requests are meant to be, and so are clients that do not trust us.
    logging.disable(logging.CRITICAL)
    options = argparse.Namespace(**OPTIONS)
    server = Server(options)
    for path in ("/goodbye", "/refuse"):
        options.dispatcher.add_resource_path_alias(path, "/echo")
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
