"""Links checked a second end to end: rows due, leases, verdicts and records stored; beside lychee on the same list.

On PostgreSQL beside `python -m tests.support.postgres -- python -m bench.check_rows`, else on SQLite.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import func, select

from bench.check_links import Mix, run_lychee, serve_mix
from config.settings import load_settings
from marketplace.app import create_app
from marketplace.core.clock import DatabaseClock
from marketplace.core.database import db
from marketplace.prototypes.checking import check_due
from marketplace.prototypes.engine import Setup
from marketplace.prototypes.fetching.fetch import Guard
from marketplace.prototypes.fetching.politeness import OPEN
from marketplace.prototypes.models import StoredCheck
from marketplace.prototypes.services import submit_link


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=2_000)
    links = parser.parse_args().links
    with serve_mix(links) as mix, tempfile.TemporaryDirectory() as name:
        seconds = check_rows(mix, Path(name))
        reference = run_lychee(mix, Path(name))["seconds"]
    kind = "PostgreSQL" if os.environ.get("TEST_POSTGRES_URL") else "SQLite"
    print(f"  rows on {kind:<12} {links / seconds:8,.0f} links/s")
    print(f"  lychee, no storage {links / reference:8,.0f} links/s")
    print(f"end to end / lychee = {reference / seconds:.2f} over {links:,} links")


def check_rows(mix: Mix, folder: Path) -> float:
    """Seconds from the first lease to the last verdict stored."""
    settings = load_settings(data_dir=folder, database_url=os.environ.get("TEST_POSTGRES_URL", ""), redis_url="")
    app = create_app(settings)
    with app.app_context():
        upgrade()
        clock = DatabaseClock()
        for url in mix.urls:
            submit_link(url, [], clock.now())
        db.session.commit()
        started = time.perf_counter()
        check_due(Setup(Guard(mix.exceptions), politeness=OPEN), clock.now, seconds=600)
        seconds = time.perf_counter() - started
        stored = db.session.scalar(select(func.count()).select_from(StoredCheck))
        assert stored == len(mix.urls), f"{stored} of {len(mix.urls)} stored"
        db.session.remove()
        db.engine.dispose()
    return seconds


if __name__ == "__main__":
    main()
