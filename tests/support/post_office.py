"""An SMTP server on loopback that can be made slow: it drips its answer until released."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.product import free_port


class PostOffice:
    """Stores received mails; counts those that it keeps waiting."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port, self.mails, self.waiting = free_port(), list[Message](), 0
        self._open = threading.Event()
        self._open.set()

    def be_slow(self) -> None:
        self._open.clear()

    def go_on(self) -> None:
        self._open.set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.waiting += 1
        try:
            while not self._open.is_set():
                server.transport.write(b"250-wait\r\n")
                await asyncio.sleep(0.2)
        finally:
            self.waiting -= 1
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@contextmanager
def post_office() -> Generator[PostOffice]:
    """Run the server during the block."""
    office = PostOffice()
    controller = Controller(office, hostname=office.host, port=office.port)
    controller.start()
    try:
        yield office
    finally:
        office.go_on()
        controller.stop()
