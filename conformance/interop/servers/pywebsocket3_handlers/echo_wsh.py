"""What pywebsocket3 does at every path. It finds this file by its name, and calls what is in it."""

import sys

from pywebsocket3 import common, handshake

# The server's own arguments; this file is run by it, not imported.
DEFLATE = sys.argv[1] == "deflate"


def web_socket_do_extra_handshake(request):
    if request.ws_resource == "/refuse":
        raise handshake.HandshakeException("no", status=common.HTTP_STATUS_FORBIDDEN)
    if not DEFLATE:
        request.ws_extension_processors = []


def web_socket_transfer_data(request):
    stream = request.ws_stream
    if request.ws_resource == "/goodbye":
        # Nothing but a Close may come after it closed.
        stream.receive_message()
        stream.close_connection(3001, "enough")
    else:
        while (message := stream.receive_message()) is not None:
            stream.send_message(message, binary=isinstance(message, bytes))
    code, reason = request.ws_close_code, request.ws_close_reason
    print("closed", request.ws_resource, code, reason or "", sep="\t", flush=True)
