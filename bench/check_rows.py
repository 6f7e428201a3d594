"""Links checked a second end to end: rows due, leases, verdicts and records stored; beside lychee on the same list.

    python -m tests.support.postgres -- python -m bench.check_rows [--links 10000] [--rounds 3]

The checker has one core to itself, as lychee has; PostgreSQL shares the other one with the server of the links.
Without PostgreSQL beside it, the rows are on SQLite, within the checker's process.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from bench.check_links import CHECKER_CORE, SERVER_CORE, Mix, pinned, run_lychee, serve_mix
from config.settings import Settings, load_settings
from marketplace.base import create_base
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.setup import Setup
from marketplace.core.clock import DatabaseClock
from marketplace.core.database import db
from marketplace.prototypes.models import FullCheckSchedule, Prototype, StoredCheck
from marketplace.prototypes.quick_checks import check_due

BATCH = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--check", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.check:
        _check(json.loads(wanted.check))
        return
    kind = "PostgreSQL" if os.environ.get("TEST_POSTGRES_URL") else "SQLite"
    rates: dict[str, list[float]] = {"rows": [], "lychee": []}
    with serve_mix(wanted.links) as mix, tempfile.TemporaryDirectory() as name:
        for _ in range(wanted.rounds):
            for who, check in (("rows", check_rows), ("lychee", run_lychee)):
                result = check(mix, Path(name))
                rates[who].append(wanted.links / result["seconds"])
                cpu = ", ".join(
                    f"{part} {result[part] / wanted.links * 1e6:,.0f} us"
                    for part in ("cpu", "server")
                    if part in result
                )
                print(f"  {who:<7} {rates[who][-1]:8,.0f} links/s   CPU a link: {cpu}", flush=True)
    ratio = statistics.median(rates["rows"]) / statistics.median(rates["lychee"])
    print(f"end to end on {kind} / lychee = {ratio:.2f} over {wanted.links:,} links")


def check_rows(mix: Mix, folder: Path) -> dict[str, float]:
    """Seconds from the first lease to the last verdict stored, and of CPU."""
    fill(folder, mix, len(mix.urls))
    told = json.dumps({"folder": str(folder), "exceptions": sorted(mix.exceptions)})
    command = pinned(CHECKER_CORE, [sys.executable, "-m", "bench.check_rows", "--check", told])
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])


def settings_in(folder: Path) -> Settings:
    """The product's on the PostgreSQL beside us, or on SQLite in `folder`."""
    return load_settings(data_dir=folder, database_url=os.environ.get("TEST_POSTGRES_URL", ""), redis_url="")


def fill(folder: Path, mix: Mix, rows: int) -> None:
    """An empty database with so many links due."""
    from marketplace.app import create_app  # not in the process whose memory is measured

    with create_app(settings_in(folder)).app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                _pin_server(connection.exec_driver_sql("SELECT pg_read_file('postmaster.pid')").scalar_one())
        else:
            db.drop_all()
        upgrade()
        now = DatabaseClock().now()
        for start in range(0, rows, BATCH):
            numbers = range(start, min(start + BATCH, rows))
            due: list[dict[str, Any]] = [
                {"url": mix.urls[number % len(mix.urls)], "due_at": now - timedelta(hours=1), "submitted_at": now}
                for number in numbers
            ]
            ids = db.session.scalars(insert(Prototype).returning(Prototype.id), due).all()
            db.session.execute(insert(FullCheckSchedule), [{"prototype_id": one} for one in ids])
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _pin_server(pid_file: str) -> None:
    """PostgreSQL and the connections that it takes from now on, to the core where the links are served."""
    with contextlib.suppress(AttributeError, OSError):  # a Mac, one core, or not our server
        os.sched_setaffinity(int(pid_file.split()[0]), {SERVER_CORE})


def _check(told: dict[str, Any]) -> None:
    with create_base(settings_in(Path(told["folder"]))).app_context():
        db.engine.connect().close()
        started, cpu = time.perf_counter(), time.process_time()
        setup = Setup(Guard(frozenset(told["exceptions"])), politeness=UNLIMITED)
        stored = check_due(setup, DatabaseClock().now, seconds=600)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        assert stored == db.session.scalar(select(func.count()).select_from(StoredCheck)), "not all were stored"
        print(json.dumps({"seconds": seconds, "cpu": cpu, **_server_cpu()}))


def _server_cpu() -> dict[str, float]:
    """CPU seconds of our connection's process at PostgreSQL, when it is on this machine."""
    if db.engine.dialect.name != "postgresql":
        return {}
    pid = db.session.scalar(select(func.pg_backend_pid()))
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return {"server": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")}
    return {}


if __name__ == "__main__":
    main()
