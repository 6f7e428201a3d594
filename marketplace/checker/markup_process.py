"""The process in which markup is parsed, since hostile markup can cost a parser minutes or gigabytes.

Run as `python -m marketplace.checker.markup_process SECONDS` it answers one JSON line with another, and ends where one
takes more processor time than SECONDS:
{"wanted": [[kind, value]], "pages": [Source]} with [[outcome, evidence]], one for each wanted thing (markup.py);
{"facts": [source, url]} with the page's facts (audits/facts.py).
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from marketplace.checker.audits.facts_reader import read_facts
from marketplace.checker.markup import Source, look_for, read_pages

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space for the process; it is killed beyond that."""


def main(seconds: float, read_line: Callable[[], str] = sys.stdin.readline) -> None:
    """Answer lines until there are no more, each within so many seconds of processor time."""
    _limit_memory()
    while line := read_line():
        _limit_time(seconds)
        print(json.dumps(_answer(json.loads(line))), flush=True)  # noqa: T201


def _answer(task: dict[str, Any]) -> object:
    if "facts" in task:
        return asdict(read_facts(*task["facts"]))
    pages = read_pages([Source(**page) for page in task["pages"]])
    return [look_for(kind, value, pages) for kind, value in task["wanted"]]


def _limit_time(seconds: float) -> None:
    """Have the system end this process after so much more processor time; waiting for a processor is not counted."""
    if hasattr(signal, "setitimer"):  # on Windows the bound of whoever waits holds
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main(float(sys.argv[1]))
