"""The socket on which the site is served."""

from __future__ import annotations

import socket

from config.settings import Settings

BACKLOG = 2048


def listen(settings: Settings, *, shared: bool) -> socket.socket:
    """Listen on HOST and PORT; `::` is every address, IPv4 included.

    A `shared` port is used by all web processes; the kernel distributes connections among them. Raises OSError when the
    port is taken.
    """
    return socket.create_server(
        (settings.host, settings.port),
        family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET,
        backlog=BACKLOG,
        reuse_port=shared,
        dualstack_ipv6=settings.host == "::" and socket.has_dualstack_ipv6(),
    )
