"""Runs a program where there is no network but one listening socket, which it hands out before.

    unshare --map-current-user --keep-caps --net python empty_network.py DOOR PROGRAM ARGUMENTS...

The namespace is new and empty. Whoever listens on the Unix socket DOOR gets the listening socket and may serve there;
to the program it is the only thing that answers, on its own loopback.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
"""Linux: asks for an interface's flags, sets them, and the one that says that it is up."""


def raise_loopback() -> None:
    """A new namespace has it, but down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        flags: int = struct.unpack("16sh14x", asked)[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def main() -> None:
    door, *command = sys.argv[1:]
    raise_loopback()
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as way_out:
        way_out.connect(door)
        socket.send_fds(way_out, [b"."], [listener.fileno()])
    os.execv(command[0], command)  # noqa: S606 (a shell has no part in it)


if __name__ == "__main__":
    main()
