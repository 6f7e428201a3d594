"""End a process whose parent was killed, so that no part of a marketplace is orphaned.

A thread polls the parent's id: that works on every Unix and for forked children too. Linux could send a signal
(PR_SET_PDEATHSIG), but does so when the *thread* that started the child ends, perhaps while the parent lives.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time

PARENT = "STARTED_BY"
"""Environment variable with the supervisor's process id: a parent may be gone before its child asks for it."""
LOOK_SECONDS = 1
STOP_SECONDS = 15


def end_with_parent() -> None:
    """Stop this process once its parent is gone, or is already: SIGTERM first, then SIGKILL."""
    parent = int(os.environ.pop(PARENT, 0)) or os.getppid()
    follow = threading.Thread(target=_end_after, args=(parent, os.getpid()), name="parent", daemon=True)
    follow.start()


def _end_after(parent: int, pid: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        time.sleep(STOP_SECONDS)
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":  # for programs that can't watch: python -m marketplace.parent PARENT PID
    _end_after(int(sys.argv[1]), int(sys.argv[2]))
