"""Starts a browser in an empty network namespace, where only our proxies' sockets answer."""

from __future__ import annotations

import contextlib
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from marketplace.checker.browser import empty_network

UNSHARE = ("unshare", "--map-current-user", "--keep-caps", "--net")
MAX_LISTENERS = 200
"""Linux passes 253 file descriptors in one message."""
SECONDS = 10.0

GetListeners = Callable[[], list[socket.socket]]


@cache
def refusal() -> str:
    """Why this machine allows no network namespaces; empty when it does."""
    try:
        done = subprocess.run([*UNSHARE, "true"], check=False, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stderr.strip() or "it failed") if done.returncode else ""


@contextlib.contextmanager
def host_network(program: Path) -> Generator[tuple[Path, GetListeners]]:
    """Run the browser on the machine's own network: the program itself, and no sockets."""
    yield program, list[socket.socket]


@contextlib.contextmanager
def isolated_network(program: Path, listeners: int) -> Generator[tuple[Path, GetListeners]]:
    """The script to start in its place, and a function that returns its listening sockets (MAX_LISTENERS at most).

    The function waits up to SECONDS; raises TimeoutError.
    """
    with TemporaryDirectory(prefix="browser-") as folder, socket.socket(socket.AF_UNIX) as door:
        script, address = Path(folder, "browser"), str(Path(folder, "door"))
        command = [*UNSHARE, sys.executable, empty_network.__file__, address, str(listeners), str(program)]
        script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        script.chmod(0o700)
        door.bind(address)
        door.listen()
        door.settimeout(SECONDS)

        def get_listeners() -> list[socket.socket]:
            with door.accept()[0] as visitor:
                visitor.settimeout(SECONDS)
                return [socket.socket(fileno=number) for number in socket.recv_fds(visitor, 1, listeners)[1]]

        yield script, get_listeners
