"""A WebSocket server on loopback that records received data, for pages that use them."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from hashlib import sha1


async def listening(arrived: list[bytes]) -> asyncio.Server:
    """Accept every handshake and record the raw bytes that follow in `arrived`."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        key = head.lower().partition(b"sec-websocket-key: ")[2]
        key = head[len(head) - len(key) :].partition(b"\r\n")[0]
        accept = b64encode(sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest())
        writer.write(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        writer.write(b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        while data := await reader.read(64_000):
            arrived.append(data)
        writer.close()

    return await asyncio.start_server(listen, "127.0.0.1", 0)
