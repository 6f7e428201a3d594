"""Runs the process that parses markup, and restarts it when a page exceeds its limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError

from marketplace.checker.audits.facts import PageFacts
from marketplace.checker.markup import Outcome, Source, Trial

SECONDS = 2.0
"""Limit of processor time for all pages of one link; ordinary ones take milliseconds."""
PATIENCE = 30
"""How many times the limit it may take by the clock, for a machine that is busy with other work."""
PASSED_ON = ("PATH", "PYTHONPATH", "SYSTEMROOT", "VIRTUAL_ENV")
"""Environment variables passed to the process; it parses untrusted input, so it gets no secrets."""
_FACTS = TypeAdapter(PageFacts)
_TOO_MUCH: Trial = (Outcome.NOT_MEASURED, "The page's markup is too intricate for our checker.")
_TOO_BUSY: Trial = (Outcome.NOT_MEASURED, "Our checker was too busy to look. That is our fault, not yours.")


class _TooBusy(Exception):
    """The process got too little of the processor to say anything about the page."""


class Inspector:
    """Searches pages' markup in a separate process; thread-safe, one request at a time."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """`seconds`: the limit of processor time for one request."""
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def look(self, wanted: Sequence[tuple[str, str]], pages: Sequence[Source]) -> list[Trial]:
        """Try each (kind, value) on the pages (see markup.py); blocks up to PATIENCE times the limit."""
        try:
            answer = self._ask({"wanted": list(wanted), "pages": [asdict(page) for page in pages]})
        except _TooBusy:
            return [_TOO_BUSY for _ in wanted]
        if not answer:
            return [_TOO_MUCH for _ in wanted]
        return [(Outcome(outcome), evidence) for outcome, evidence in json.loads(answer)]

    def facts(self, source: str, url: str) -> PageFacts | None:
        """The facts of the page at `url`; None when its markup is too complex, or we too busy. Blocks like `look`."""
        try:
            return _FACTS.validate_json(self._ask({"facts": [source, url]}))
        except (ValidationError, _TooBusy):
            return None

    def _ask(self, task: dict[str, object]) -> str:
        """The process's answer; empty when it exceeded its limits. Raises _TooBusy."""
        line = json.dumps(task) + "\n"
        with self._lock:
            return self._exchange(line)

    def _exchange(self, line: str) -> str:
        process = self._process = self._process or _start(self._seconds)
        assert process.stdin  # noqa: S101 (asked for in _start)
        assert process.stdout  # noqa: S101
        late = threading.Event()
        timer = threading.Timer(self._seconds * PATIENCE, lambda: (late.set(), process.kill()))
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
            if late.is_set():
                raise _TooBusy
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


def _start(seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "marketplace.checker.markup_process", str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
    )
