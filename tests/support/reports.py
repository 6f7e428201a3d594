"""Read the JUnit XML of test runs: how many passed, which failed and why, and the slowest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from tests.support.product import ROOT


class Failure(NamedTuple):
    test: str
    error: str
    """First line of the error."""


class Timed(NamedTuple):
    seconds: float
    """Including fixtures."""
    test: str


@dataclass(frozen=True)
class Report:
    """The result of one pytest run."""

    passed: int
    skipped: int
    failures: tuple[Failure, ...]
    times: tuple[Timed, ...]


def read_report(path: Path) -> Report:
    """Read the report at `path`; a run without one has failed as a whole."""
    if not path.exists():
        return Report(0, 0, (Failure(path.stem, "it ended without a report"),), ())
    cases = list(ElementTree.parse(path).getroot().iter("testcase"))  # noqa: S314 (our own report)
    failures = tuple(failure for case in cases for failure in _failures(case))
    skipped = sum(case.find("skipped") is not None for case in cases)
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    times = tuple(Timed(float(case.get("time", 0)), name_of(case)) for case in cases)
    return Report(len(cases) - skipped - failed, skipped, failures, times)


def name_of(case: ElementTree.Element) -> str:
    """The test's id as on pytest's command line: `tests/web/jobs/test_show.py::test_name[case]`."""
    where, name = case.get("classname", ""), case.get("name", "")
    parts = where.split(".") if where else []
    for length in range(len(parts), 0, -1):
        file = "/".join(parts[:length]) + ".py"
        if (ROOT / file).is_file():
            return "::".join([file, *parts[length:], name])
    return f"{where}::{name}" if where else name


def _failures(case: ElementTree.Element) -> Iterator[Failure]:
    for kind in ("failure", "error"):
        for found in case.findall(kind):
            lines = (found.get("message") or found.text or kind).strip().splitlines()
            yield Failure(name_of(case), lines[0][:200] if lines else kind)
