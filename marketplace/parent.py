"""Nothing of a marketplace outlives what started it: a process whose parent was killed ends itself.

A thread looks who its parent is: that works on every Unix and for forked children too. Linux could signal them itself
(PR_SET_PDEATHSIG), but does so when the *thread* that started the child ends, which may well be while the parent lives.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time

PARENT = "STARTED_BY"
"""The variable in which a supervisor tells its children its id: a parent may be gone before they ask for it."""
LOOK_SECONDS = 1
STOP_SECONDS = 15


def end_with_parent() -> None:
    """From now on, stop this process when its parent is gone, or is already: politely, then not."""
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


if __name__ == "__main__":  # for a program that can't look itself: python -m marketplace.parent PARENT PID
    _end_after(int(sys.argv[1]), int(sys.argv[2]))
