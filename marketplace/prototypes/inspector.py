"""Keeps the process that looks into markup, and replaces it when a page was too much for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

from marketplace.prototypes.markup import Outcome, Trial

SECONDS = 2.0
"""For one prototype's pages together; ordinary ones take milliseconds."""
PASSED_ON = ("PATH", "PYTHONPATH", "SYSTEMROOT", "VIRTUAL_ENV")
"""All that the process gets of our environment: it reads what strangers wrote, so it holds no secrets."""
_TOO_MUCH: Trial = (Outcome.NOT_MEASURED, "The page's markup is too intricate for our checker.")


class Inspector:
    """Looks for things in pages' sources; safe to call from several threads, one look at a time."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def look(self, wanted: Sequence[tuple[str, str]], pages: Sequence[tuple[str, str]]) -> list[Trial]:
        """A trial for each wanted (kind, value) on the (path, source) pages; blocks for at most the time limit."""
        task = json.dumps({"wanted": list(wanted), "pages": list(pages)})
        with self._lock:
            answer = self._ask(task + "\n")
        if not answer:
            return [_TOO_MUCH for _ in wanted]
        return [(Outcome(outcome), evidence) for outcome, evidence in json.loads(answer)]

    def _ask(self, line: str) -> str:
        process = self._process = self._process or _start()
        assert process.stdin  # noqa: S101 (asked for in _start)
        assert process.stdout  # noqa: S101
        timer = threading.Timer(self._seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            timer.cancel()
        if not answer:
            self._end()
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "marketplace.prototypes.markup"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
    )
