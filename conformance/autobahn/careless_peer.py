"""A WebSocket peer that echoes and checks nothing: what the judge of the suite must not accept.

    careless_peer.py         be a server: print `listening on ADDRESS:PORT`, stop with standard input
    careless_peer.py URL     be a client of a fuzzing server: run all its cases

It takes any reserved bit and opcode, any order of fragments, any octets for text and any close code,
and it never fails a connection.
"""

import asyncio
import base64
import hashlib
import sys
import urllib.parse

KEY_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, CLOSE, PING = 0, 1, 8, 9
# Pong and the reserved opcodes are not answered.
DATA = (CONTINUATION, TEXT, 2)


async def read_frame(reader):
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length >= 126:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    mask = await reader.readexactly(4) if second & 0x80 else bytes(4)
    payload = await reader.readexactly(length)
    stream = (mask * (length // 4 + 1))[:length]
    payload = (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(length, "big")
    return first & 0x80, first & 0x0F, payload


def frame(opcode, payload, masked):
    length = len(payload)
    if length < 126:
        size, extended = length, b""
    elif length < 1 << 16:
        size, extended = 126, length.to_bytes(2, "big")
    else:
        size, extended = 127, length.to_bytes(8, "big")
    # A key of zeros masks nothing, which is all that a client of this kind needs.
    mask, key = (0x80, bytes(4)) if masked else (0, b"")
    return bytes([0x80 | opcode, mask | size]) + extended + key + payload


async def converse(reader, writer, masked, answer):
    """Reads until the peer closes; `answer` says whether messages are echoed. Gives the last one."""
    opcode, message = TEXT, b""
    try:
        while True:
            final, kind, payload = await read_frame(reader)
            if kind == CLOSE:
                writer.write(frame(CLOSE, payload, masked))
                await writer.drain()
                return message
            if kind == PING:
                writer.write(frame(PING + 1, payload, masked))
            elif kind in DATA:
                opcode, message = (opcode, message + payload) if kind == CONTINUATION else (kind, payload)
                if final and answer:
                    writer.write(frame(opcode, message, masked))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        return message


async def serve_one(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    fields = {}
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        fields[name.lower()] = value.strip()
    accept = base64.b64encode(hashlib.sha1(fields[b"sec-websocket-key"] + KEY_SUFFIX).digest())
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                 b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    await converse(reader, writer, masked=False, answer=True)
    writer.close()


async def serve():
    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"listening on {host}:{port}", flush=True)
    # Whoever started us closes our standard input when it ends.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def visit(url, path, answer=False):
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    last = await converse(reader, writer, masked=True, answer=answer)
    # The server ends the TCP connection.
    try:
        await reader.read()
    except ConnectionError:
        pass
    writer.close()
    return last


async def run_cases(url):
    for case in range(1, int(await visit(url, "/getCaseCount")) + 1):
        await visit(url, f"/runCase?case={case}&agent=careless", answer=True)
    await visit(url, "/updateReports?agent=careless")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(run_cases(urllib.parse.urlsplit(sys.argv[1])))
    else:
        asyncio.run(serve())
