"""A small real DNS server on loopback that gives a test's answers over UDP.

    with name_server({"shop.example.": ["hello"]}) as (address, port): ...

A name that isn't in the table doesn't exist; None as its records means no answer, and a string is an error code
("SERVFAIL").
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Generator, Mapping

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Records = Mapping[str, list[str] | str | None]


@contextlib.contextmanager
def name_server(records: Records) -> Generator[tuple[str, int]]:
    """Serve TXT records while the block runs."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(door, records), daemon=True)
    thread.start()
    try:
        yield door.getsockname()
    finally:
        with contextlib.suppress(OSError):
            door.sendto(b"", door.getsockname())  # wakes the thread, which then ends
        thread.join(10)
        door.close()


def _serve(door: socket.socket, records: Records) -> None:
    while data_from := door.recvfrom(4096):
        data, visitor = data_from
        if not data:
            return
        if response := _respond(dns.message.from_wire(data), records):
            door.sendto(response.to_wire(), visitor)


def _respond(query: dns.message.Message, records: Records) -> dns.message.Message | None:
    response, name = dns.message.make_response(query, recursion_available=True), str(query.question[0].name)
    found = records.get(name, "NXDOMAIN")
    if found is None:
        return None
    if isinstance(found, str):
        response.set_rcode(dns.rcode.from_text(found))
    elif found:
        quoted = [" ".join(f'"{piece}"' for piece in text.split("|")) for text in found]
        response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
    return response
