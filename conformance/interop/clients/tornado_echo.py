"""tornado_echo.py URL: Tornado as a client of an echo server under test."""

import asyncio
import pathlib
import sys

from tornado.websocket import websocket_connect

sys.path.append(str(pathlib.Path(__file__).parent.parent / "lib"))
from checks import BINARIES, BURST, TAKEOVER_TEXT, TEXTS, agreed, check, equal


async def echoes(connection, what, data):
    await connection.write_message(data, binary=isinstance(data, bytes))
    equal(what, await connection.read_message(), data)


async def text(connection):
    for name, message in TEXTS.items():
        await echoes(connection, name, message)


async def binary(connection):
    for name, message in BINARIES.items():
        await echoes(connection, name, message)


async def burst(connection):
    async def send():
        for message in BURST:
            await connection.write_message(message)

    # Who only sends may wait for an echo server that waits for its echo to be read.
    sending = asyncio.create_task(send())
    for message in BURST:
        equal("burst", await connection.read_message(), message)
    await sending


async def equal_messages(connection):
    agreed(connection.headers.get("Sec-WebSocket-Extensions"))
    for nth in ("first", "second", "third"):
        await echoes(connection, nth, TAKEOVER_TEXT)


async def close(connection):
    await closes(connection, 4001, "enough – genug")


async def subprotocols(connection):
    equal("the first of the offered", connection.selected_subprotocol, "one")


CHECKS = (
    ("text", "/text", text, {}),
    ("binary", "/binary", binary, {}),
    ("burst in order", "/burst", burst, {}),
    ("equal messages", "/takeover", equal_messages, {}),
    ("close with code and reason", "/close", close, {}),
    ("subprotocols offered", "/subprotocol", subprotocols, {"subprotocols": ["one", "two"]}),
)


async def closes(connection, code, reason):
    connection.close(code, reason)
    equal("what comes after the close", await connection.read_message(), None)
    equal("the close code", connection.close_code, code)


async def run(url, body, options):
    connection = await websocket_connect(
        url, compression_options={}, max_message_size=64 << 20, **options)
    await body(connection)
    if connection.close_code is None:
        await closes(connection, 1000, "done")


async def main():
    for name, path, body, options in CHECKS:
        await check(name, run(sys.argv[1] + path, body, options))


asyncio.run(main())
