"""Find and kill processes below another, so that a test can end one part of a real product."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
from pathlib import Path

PIDFD_GETFD = 438
"""System call number, the same on all machines; Python has no wrapper."""


def kill_below(pid: int, name: str) -> int:
    """Kill every process below `pid` whose program's path contains `name`; return how many."""
    found = [child for child in below(pid) if name in _command_of(child).split(" ")[0]]
    for child in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return len(found)


def running_module(pid: int, module: str) -> list[int]:
    """Processes below `pid` in which Python runs the module."""
    return [child for child in below(pid) if f" -m {module}" in _command_of(child)]


def below(pid: int) -> list[int]:
    """All descendants of the process."""
    listed = subprocess.run(["/bin/ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for above in found:
        found += [child for child, parent in parents if parent == above]
    return found[1:]


def alive(pids: list[int]) -> list[int]:
    """Those that still run, without zombies."""
    asked = ["/bin/ps", "-o", "pid=,stat=", "-p", ",".join(map(str, pids))]
    listed = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return [int(pid) for pid, state in map(str.split, listed.splitlines()) if not state.startswith("Z")]


def _command_of(pid: int) -> str:
    asked = ["/bin/ps", "-o", "args=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def close_doors(pid: int) -> int:
    """Shut the process's listening TCP ports and the connections accepted there, without its knowledge (Linux).

    Return the number of ports.
    """
    with contextlib.ExitStack() as all_held:
        held = [all_held.enter_context(one) for one in _sockets_of(pid)]
        held = [one for one in held if one.family == socket.AF_INET]
        doors = {_port(one) for one in held if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)}
        for one in held:
            if _port(one) in doors:
                with contextlib.suppress(OSError):  # the other side hung up meanwhile
                    one.shutdown(socket.SHUT_RDWR)
    return len(doors)


def _port(one: socket.socket) -> int:
    return int(one.getsockname()[1])


def _sockets_of(pid: int) -> list[socket.socket]:
    """Duplicates of the process's sockets (pidfd_getfd): acts on one affect the original."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:  # it has ended
        return []
    try:
        numbers = [int(link.name) for link in Path(f"/proc/{pid}/fd").iterdir() if _is_socket(link)]
        copies = [ctypes.CDLL(None).syscall(PIDFD_GETFD, process, number, 0) for number in numbers]
    finally:
        os.close(process)
    return [socket.socket(fileno=copy) for copy in copies if copy >= 0]


def _is_socket(link: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):  # closed meanwhile
        return str(link.readlink()).startswith("socket:")
    return False
