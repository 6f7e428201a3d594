"""Starts a program in an empty network namespace, after passing out sockets that listen on its loopback.

    unshare --map-current-user --keep-caps --net python empty_network.py DOOR COUNT PROGRAM ARGUMENTS...

The namespace is new: it has a loopback of its own and no way out. Whoever listens on the Unix socket DOOR gets COUNT
sockets that listen on that loopback, and may serve there. This runs by itself, so it imports nothing of ours.
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
    """Bring the loopback interface up; in a new namespace it is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        flags: int = struct.unpack("16sh14x", asked)[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def main() -> None:
    """Never returns: execs the program."""
    door, count, *command = sys.argv[1:]
    raise_loopback()
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(count))]
    with socket.socket(socket.AF_UNIX) as way_out:
        way_out.connect(door)
        socket.send_fds(way_out, [b"."], [listener.fileno() for listener in listeners])
    os.execv(command[0], command)  # noqa: S606 (a shell has no part in it)


if __name__ == "__main__":
    main()
