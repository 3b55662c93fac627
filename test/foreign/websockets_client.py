"""WebSockets on Python's websockets, opened, written to and closed as the JSON objects say that come in as lines.

Argument: the address. In: `{"id", "open": [subprotocols]}`, `{"id", "send": text}`, `{"id", "close": true}`. Out:
`{"id", "protocol"}`, `{"id", "text"}`, `{"id", "closed": code}`.
"""

import asyncio
import json
import sys

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed


def send_line(**line) -> None:
    print(json.dumps(line), flush=True)


async def receive(number: int, socket: ClientConnection) -> None:
    async for text in socket:
        send_line(id=number, text=text)


class Sockets:
    def __init__(self, url: str):
        self.url = url
        self.open: dict[int, ClientConnection] = {}

    async def run(self, number: int, protocols: list[str]) -> None:
        async with connect(self.url, subprotocols=protocols) as socket:
            self.open[number] = socket
            send_line(id=number, protocol=socket.subprotocol)
            try:
                await receive(number, socket)
            except ConnectionClosed:
                pass
        send_line(id=number, closed=socket.close_code)

    async def take(self, order: dict) -> None:
        number = order["id"]
        if "open" in order:
            await self.run(number, order["open"])
        elif "send" in order:
            await self.open[number].send(order["send"])
        else:
            await self.open[number].close()


async def main(url: str) -> None:
    sockets = Sockets(url)
    loop = asyncio.get_running_loop()
    running = set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = asyncio.create_task(sockets.take(json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)


asyncio.run(main(*sys.argv[1:]))
