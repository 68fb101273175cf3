"""python_websockets.py URL: python's websockets as a client of an echo server under test."""

import asyncio
import pathlib
import sys

from websockets.asyncio.client import connect

sys.path.append(str(pathlib.Path(__file__).parent.parent / "lib"))
from checks import BINARIES, BURST, TAKEOVER_TEXT, TEXTS, agreed, check, equal


async def comes_back(connection, what, data):
    equal(what, await connection.recv(), data)


async def text(connection):
    for name, message in TEXTS.items():
        await connection.send(message)
        await comes_back(connection, name, message)


async def binary(connection):
    for name, message in BINARIES.items():
        await connection.send(message)
        await comes_back(connection, name, message)


async def burst(connection):
    async def send():
        for message in BURST:
            await connection.send(message)

    # Who only sends may wait for an echo server that waits for its echo to be read.
    sending = asyncio.create_task(send())
    for message in BURST:
        await comes_back(connection, "burst", message)
    await sending


async def equal_messages(connection):
    agreed(connection.response.headers.get("Sec-WebSocket-Extensions"))
    for nth in ("first", "second", "third"):
        await connection.send(TAKEOVER_TEXT)
        await comes_back(connection, nth, TAKEOVER_TEXT)


async def fragments(connection):
    whole = TEXTS["1 MiB"]
    await connection.send([whole[:7], "", whole[7:500_000], whole[500_000:]])
    await comes_back(connection, "fragments", whole)
    await connection.send([b"\x00" * 10, b"", b"\xff" * 10])
    await comes_back(connection, "binary fragments", b"\x00" * 10 + b"\xff" * 10)


async def ping(connection):
    for payload in (b"", b"ping", b"p" * 125):
        await (await connection.ping(payload or None))


async def close(connection):
    await connection.close(4001, "enough – genug")
    equal("the close code", connection.close_code, 4001)


async def subprotocols(connection):
    equal("the first of the offered", connection.subprotocol, "one")


CHECKS = (
    ("text", "/text", text, {}),
    ("binary", "/binary", binary, {}),
    ("burst in order", "/burst", burst, {}),
    ("equal messages", "/takeover", equal_messages, {}),
    ("fragments", "/fragments", fragments, {}),
    ("ping", "/ping", ping, {}),
    ("close with code and reason", "/close", close, {}),
    ("subprotocols offered", "/subprotocol", subprotocols, {"subprotocols": ["one", "two"]}),
)


async def run(url, body, options):
    async with connect(url, max_size=None, **options) as connection:
        await body(connection)
        await connection.close(1000, "done")
        equal("closed by both", connection.protocol.close_rcvd is not None, True)


async def main():
    for name, path, body, options in CHECKS:
        await check(name, run(sys.argv[1] + path, body, options))


asyncio.run(main())
