"""`up`, `marketplace processes` and docs/operate.md agree on one list of processes."""

from __future__ import annotations

import json
from dataclasses import asdict

from click.testing import CliRunner

from config.settings import Settings, load_settings
from marketplace.cli import cli
from marketplace.processes import processes_of
from marketplace.supervisor import children_of
from tests.support.product import ROOT

DEFAULTS = load_settings(host="127.0.0.1", port=8000, web_processes=2, worker_processes=1)


def test_operators_page_shows_every_current_command() -> None:
    page = (ROOT / "docs/operate.md").read_text()
    shown = [line.strip() for line in page.splitlines() if line.startswith("       ")]
    assert shown == [one.line for one in processes_of(DEFAULTS)]


def test_up_starts_the_listed_processes(settings: Settings) -> None:
    started = [(child.name, child.command, child.settings) for child in children_of(settings)]
    assert started == [(one.name, one.command, one.environment) for one in processes_of(settings)]


def test_command_prints_one_line_per_process() -> None:
    done = CliRunner().invoke(cli, ["processes"])
    assert done.exit_code == 0
    assert done.output.splitlines() == [one.line for one in processes_of(load_settings())]


def test_command_prints_the_same_as_json() -> None:
    done = CliRunner().invoke(cli, ["processes", "--json"])
    assert json.loads(done.output) == [asdict(one) for one in processes_of(load_settings())]
