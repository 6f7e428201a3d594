"""The checker as a library: `check` and `check_async` give one full record; `marketplace check` needs no database."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace.checker import check, check_async
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.record import CheckRecord
from marketplace.checker.setup import Setup
from marketplace.checker.spec import Spec
from tests.support.sites import Site, html, site

SPEC = Spec.read('{"requirements": [{"kind": "text", "value": "Hello"}, {"kind": "text", "value": "Goodbye"}]}')
NO_BROWSER = Path("/nowhere")


def blocking(link: str, setup: Setup) -> CheckRecord:
    return check(link, SPEC, setup, browser=NO_BROWSER)


def in_an_event_loop(link: str, setup: Setup) -> CheckRecord:
    return asyncio.run(check_async(link, SPEC, setup, browser=NO_BROWSER))


both = pytest.mark.parametrize("face", [blocking, in_an_event_loop])


@both
def test_a_check_gives_verdict_findings_and_audits(face: Callable[[str, Setup], CheckRecord]) -> None:
    with site(html("<title>Hello</title><h1>Hello</h1>")) as there:
        record = face(there.url, Setup(Guard(frozenset({there.place}))))
    assert (record.url, record.state, record.title) == (there.url, "live", "Hello")
    assert [finding.outcome for finding in record.requirements] == ["met", "not_met"]
    assert "liveness" in {audit.name for audit in record.audits}
    assert record.rendering
    assert record.rendering.reason == "no_browser"


@both
def test_the_default_setup_refuses_loopback(face: Callable[[str, Setup], CheckRecord]) -> None:
    with site(html("<h1>Hello</h1>")) as there:
        assert face(there.url, Setup()).state == "refused"
    assert there.connections == 0


def test_a_link_is_checked_without_a_spec() -> None:
    with site(html("<h1>Hello</h1>")) as there:
        record = check(there.url, setup=Setup(Guard(frozenset({there.place}))), browser=NO_BROWSER)
    assert (record.state, record.requirements) == ("live", ())


def test_the_library_loads_no_web_framework_database_or_task_queue() -> None:
    code = "import sys, marketplace.checker.examiner; print({'flask', 'sqlalchemy', 'celery'} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def run_command(there: Site, folder: Path, database_url: str) -> subprocess.CompletedProcess[str]:
    """`marketplace check` in a process of its own."""
    code = "from marketplace.cli import main; main()"
    command = [sys.executable, "-c", code, "check", there.url, "--allow-local", there.place]
    environment = os.environ | {"DATABASE_URL": database_url, "DATA_DIR": str(folder / "data")}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_never_connects_to_a_database_server(tmp_path: Path) -> None:
    with site(html("<h1>Hello</h1>")) as there, site(html("")) as database:
        done = run_command(there, tmp_path, f"postgresql+psycopg://nobody@{database.place}/nothing")
    assert (done.returncode, done.stdout[:4]) == (0, "live"), done.stderr
    assert database.connections == 0


def test_the_command_makes_no_database_file(tmp_path: Path) -> None:
    with site(html("<h1>Hello</h1>")) as there:
        done = run_command(there, tmp_path, f"sqlite:///{tmp_path}/missing/folder/prebuilt.db")
    assert (done.returncode, done.stdout[:4]) == (0, "live"), done.stderr
    assert list(tmp_path.iterdir()) == []
