"""python_websockets.py ADDRESS: python's websockets as the client of each chat."""

import asyncio
import json
import pathlib
import sys
import time

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

sys.path.append(str(pathlib.Path(__file__).parent.parent / "interop" / "lib"))
from checks import check, equal

URL = f"ws://{sys.argv[1]}"


async def enter(connection, line):
    """Says something and waits until it is back: then the client is sure to be in its room."""
    await connection.send(line)
    while await connection.recv() != line:
        pass


class Person:
    """A person in MDN's chat."""

    def __init__(self, connection):
        self.connection = connection

    async def tell(self, **what):
        await self.connection.send(json.dumps(what))

    async def until(self, kind, **fields):
        while True:
            message = json.loads(await self.connection.recv())
            if message["type"] == kind and fields.items() <= message.items():
                return message

    async def sign_in(self, name):
        await self.tell(type="username", name=name, date=int(time.time() * 1000))
        return (await self.until("named"))["name"]


def chat(room):
    return connect(f"{URL}/chat/{room}", subprotocols=["json"])


async def names():
    async with chat("py-names") as first, chat("py-names") as second:
        equal("the subprotocol", first.subprotocol, "json")
        ann, other = Person(first), Person(second)
        equal("the name of the first", await ann.sign_in("Ann"), "Ann")
        equal("the name of the second", await other.sign_in("ann"), "ann2")
        await ann.until("userlist", users=["Ann", "ann2"])
        await other.tell(type="message", text="<b>Grüße</b>")
        message = await ann.until("message")
        equal("the text", message["text"], "<b>Grüße</b>")
        equal("the name", message["name"], "ann2")
        await second.close()
        await ann.until("userlist", users=["Ann"])


async def faults():
    async with chat("py-faults") as connection:
        ann = Person(connection)
        await ann.sign_in("Ann")
        for wrong in ("", "{", "[]", '{"type":1}', '{"type":"none"}', b"\x00"):
            await connection.send(wrong)
            await ann.until("error", code=107)
        await ann.tell(type="message", text="still here")
        await ann.until("message", text="still here")


async def recovery():
    async with chat("py-history") as connection:
        ann = Person(connection)
        await ann.sign_in("Ann")
        await ann.tell(type="message", text="one")
        seen = await ann.until("message", text="one")
        await ann.tell(type="message", text="two")
        await ann.until("message", text="two")
        async with chat("py-history") as again:
            back = Person(again)
            await back.tell(type="resume", epoch=seen["epoch"], offset=seen["offset"])
            await back.until("joined", recovered=True)
            equal("what was missed", (await back.until("message"))["text"], "two")


async def plain():
    async with connect(f"{URL}/ws/py") as one, connect(f"{URL}/ws?room=py") as other:
        await enter(one, "one is here")
        await enter(other, "other is here")
        equal("who came", await one.recv(), "other is here")
        await one.send("🦀" * 60)
        for client in (one, other):
            equal("the cut", await client.recv(), "🦀" * 50)


async def nick():
    async with connect(f"{URL}/?room=py") as one, connect(f"{URL}/nick/py") as other:
        await enter(one, "one: here")
        await enter(other, "other: here")
        equal("who came", await one.recv(), "other: here")


async def greeting():
    async with connect(f"{URL}/demo/hello") as connection:
        await connection.send("Меня зовут Джон")
        equal("the greeting", await connection.recv(), "Привет с сервера, Джон!")
        try:
            await connection.recv()
        except ConnectionClosed:
            pass
        equal("the code", connection.close_code, 1000)


async def main():
    await check("json: names, list, messages", names())
    await check("json: faults are answered, the connection goes on", faults())
    await check("json: recovery for who comes back", recovery())
    await check("plain: to everybody, cut at 50 characters", plain())
    await check("nick: at the address of its page", nick())
    await check("greeting: by name, then a clean close", greeting())


asyncio.run(main())
