"""python_websockets.py off|deflate [CERT KEY]: an echo server on python's websockets, for a client under test.

Prints `listening on ADDRESS:PORT`, and of every connection `closed PATH CODE REASON` with tabs
between. /goodbye is closed at once, /refuse is refused. It ends with its standard input.
"""

import asyncio
import http
import pathlib
import sys

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

sys.path.append(str(pathlib.Path(__file__).parent.parent / "lib"))
from server_tls import server_tls


async def echo(connection):
    path = connection.request.path
    try:
        if path == "/goodbye":
            await connection.close(3001, "enough")
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass
    print("closed", path, connection.close_code, connection.close_reason, sep="\t", flush=True)


def refuse(connection, request):
    if request.path == "/refuse":
        return connection.respond(http.HTTPStatus.FORBIDDEN, "no.\n")
    return None


async def main():
    compression = "deflate" if sys.argv[1] == "deflate" else None
    async with serve(echo, "127.0.0.1", 0, compression=compression, process_request=refuse,
                     max_size=None, ssl=server_tls(sys.argv[2:])) as server:
        host, port = server.sockets[0].getsockname()
        print(f"listening on {host}:{port}", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
