"""Memory of the link checker with ever more rows due: a worker's process before it begins, and at its highest after.

On PostgreSQL beside `python -m tests.support.postgres -- python -m bench.check_memory [--million]`, else on SQLite.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.check_links import highest_megabytes, serve_mix
from bench.check_rows import fill, settings_in
from marketplace.base import create_base
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.setup import Setup
from marketplace.core.clock import DatabaseClock
from marketplace.prototypes.quick_checks import check_due
from workers.app import celery

SECONDS = 10
"""How long the worker takes of what is due; what is left stays due."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true", help="1,000,000 rows too (takes minutes to fill)")
    parser.add_argument("--check", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.check:
        _check(json.loads(wanted.check))
        return
    for rows in [1_000, 100_000] + [1_000_000] * wanted.million:
        with serve_mix(1_000) as mix, tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), mix, rows)
            told = json.dumps({"folder": folder, "exceptions": sorted(mix.exceptions)})
            child = subprocess.run(
                [sys.executable, "-m", "bench.check_memory", "--check", told],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            found = json.loads(child.stdout.splitlines()[-1])
            print(
                f"  {rows:>9,} rows due: {found['before']:.0f} MB before, {found['highest']:.0f} MB at most "
                f"while {found['stored']:,} were checked",
                flush=True,
            )


def _check(told: dict[str, Any]) -> None:
    celery.loader.import_default_modules()  # all that a worker has loaded
    with create_base(settings_in(Path(told["folder"]))).app_context():
        before = highest_megabytes()
        setup = Setup(Guard(frozenset(told["exceptions"])), politeness=UNLIMITED)
        stored = check_due(setup, DatabaseClock().now, seconds=SECONDS)
        print(json.dumps({"before": before, "highest": highest_megabytes(), "stored": stored}))


if __name__ == "__main__":
    main()
