"""What runs below a process, so that a test can end one part of a real product."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess


def kill_below(pid: int, name: str) -> int:
    """Kill every process below `pid` whose program has `name` in it; gives how many that were."""
    found = [child for child in below(pid) if name in _program_of(child)]
    for child in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return len(found)


def below(pid: int) -> list[int]:
    """The process's children, theirs, and so on."""
    listed = subprocess.run(["/bin/ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for above in found:
        found += [child for child, parent in parents if parent == above]
    return found[1:]


def _program_of(pid: int) -> str:
    asked = ["/bin/ps", "-o", "args=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split(" ")[0]
