"""`make test` ends with what somebody needs who sees its last lines alone: each failed test, its error, the slowest."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import everything
from tests.everything import FULL, Outcome, Step, carry_out_all, failures_of, summary
from tests.support.reports import read_report

REPORT = """<testsuites><testsuite>
<testcase classname="tests.architecture.test_everything" name="test_one[a.b]" time="1.5"/>
<testcase classname="tests.architecture.test_everything.TestThem" name="test_two" time="2.5">
  <failure message="AssertionError: assert 1 == 2&#10; and more">all of it</failure></testcase>
<testcase classname="tests.architecture.test_everything" name="test_three" time="0.1"><skipped/></testcase>
<testcase classname="" name="tests.gone" time="0"><error message="collection failure">all of it</error></testcase>
</testsuite></testsuites>"""
HERE = "tests/architecture/test_everything.py"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "unit.xml"
    path.write_text(REPORT)
    return path


def test_a_report_counts_tests_and_names_failures_with_the_first_line_of_their_errors(report: Path) -> None:
    read = read_report(report)
    assert (read.passed, read.skipped) == (1, 1)
    assert read.failures == (
        (f"{HERE}::TestThem::test_two", "AssertionError: assert 1 == 2"),
        ("tests.gone", "collection failure"),
    )


def test_the_summary_ends_with_failures_the_slowest_tests_and_a_line_for_each_step(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not summary([Outcome(Step("Unit tests", ["pytest"], "unit"), False, 12.0, read_report(report))])
    said = capsys.readouterr().out
    parts = ["2.5 s  tests", "1.5 s  tests", "test_two\n      AssertionError: assert 1 == 2\n", "FAILED   12.0 s  Unit"]
    assert [said.index(part) for part in parts] == sorted(said.index(part) for part in parts)


def test_a_step_without_a_report_is_told_by_its_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(everything, "REPORTS", tmp_path)
    steps = [Step("Fails", [sys.executable, "-c", "print('why'); raise SystemExit(3)"])]
    waits = [Step("Waits", [sys.executable, "-c", "print('well')"])]
    fails, well = carry_out_all([steps, waits])
    assert (fails.ok, well.ok) == (False, True)
    assert failures_of(fails) == [("Fails", "why")]
    assert failures_of(well) == []


def test_every_folder_of_tests_is_in_a_step() -> None:
    words = {word for lane in FULL for step in lane for word in step.command}
    folders = {f"tests/{path.parent.name}" for path in (everything.ROOT / "tests").glob("*/__init__.py")}
    assert folders - {"tests/support"} <= words
