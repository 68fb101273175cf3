"""What every client in Python does with an echo server, and how it says what came of it."""

import asyncio

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
BURST = [f"{index}:{'x' * length}" for length in BURST_LENGTHS for index in range(10)]


def noise(length):
    """Text that only repeating makes shorter than three quarters: how long the second and the third
    copy are on the wire tells whether the compressor kept its window."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    state, text = 1, []
    for _ in range(length):
        state = (state * 1103515245 + 12345) % 2**32
        text.append(letters[state >> 26])
    return "".join(text)


TAKEOVER_TEXT = noise(2048)


def equal(what, left, right):
    if left != right:
        raise AssertionError(f"{what} is {left!r:.60}, not {right!r:.60}")


def agreed(extensions):
    """Which extensions the peer saw on the connection of the equal messages: the row judges it."""
    print("agreed", extensions or "", sep="\t", flush=True)


async def check(name, body):
    """Runs one check, a coroutine, and prints a line for it."""
    try:
        await asyncio.wait_for(body, LIMIT_S)
        print("ok", name, sep="\t", flush=True)
    except Exception as error:  # Whatever went wrong fails this check, not the others.
        why = " ".join(f"{type(error).__name__} {error}".split())
        print("FAIL", name, why, sep="\t", flush=True)
