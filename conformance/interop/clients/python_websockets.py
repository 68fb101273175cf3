"""python_websockets.py URL: python's websockets as a client of an echo server under test."""

import asyncio
import sys

from websockets.asyncio.client import connect

# A check that takes longer has hung.
LIMIT_S = 30

TEXTS = {
    "ascii": "The quick brown fox jumps over the lazy dog.",
    "multi-byte": "Grüße, κόσμε, 世界, 🦀",
    "empty": "",
    "64 KiB": "0123456789abcdef" * 4096,
    # 16 bytes a line, in characters of 1, 2 and 4 bytes.
    "1 MiB": "κόσμε 🦀\n" * 65536,
}
BINARIES = {
    "every octet": bytes(range(256)),
    "empty": b"",
    "1 MiB": bytes(range(256)) * 4096,
}
# Around each limit of the length field, and more than one read can hold.
BURST_LENGTHS = (0, 1, 125, 126, 127, 1000, 65535, 65536, 3, 70_000)


def noise(length):
    """Text that only repeating makes shorter than three quarters: how long the second and the third
    copy are on the wire tells whether the compressor kept its window."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    state, text = 1, []
    for _ in range(length):
        state = (state * 1103515245 + 12345) % 2**32
        text.append(letters[state >> 26])
    return "".join(text)


def equal(what, left, right):
    if left != right:
        raise AssertionError(f"{what} is {left!r:.60}, not {right!r:.60}")


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
    messages = [f"{index}:{'x' * length}" for length in BURST_LENGTHS for index in range(10)]

    async def send():
        for message in messages:
            await connection.send(message)

    # Who only sends may wait for an echo server that waits for its echo to be read.
    sending = asyncio.create_task(send())
    for message in messages:
        await comes_back(connection, "burst", message)
    await sending


async def equal_messages(connection):
    message = noise(2048)
    for nth in ("first", "second", "third"):
        await connection.send(message)
        await comes_back(connection, nth, message)


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
        try:
            await asyncio.wait_for(run(sys.argv[1] + path, body, options), LIMIT_S)
            print("ok", name, sep="\t", flush=True)
        except Exception as error:  # Whatever went wrong fails this check, not the others.
            why = " ".join(f"{type(error).__name__} {error}".split())
            print("FAIL", name, why, sep="\t", flush=True)


asyncio.run(main())
