"""Requests a second of the main pages on 10,000 jobs, as a ratio to a one-line Flask page under the same server.

Prints for each page: requests a second, the ratio, queries, bytes. Needs `wrk` (Debian, Ubuntu: apt install wrk).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from rich.progress import Progress
from sqlalchemy import select

from config.settings import load_settings
from marketplace.accounts.models import User
from marketplace.accounts.services.sessions import begin_session
from marketplace.app import create_app
from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.sample.load import add_load
from tests.support.queries import counted_queries

ROOT = Path(__file__).resolve().parent.parent
JOBS = int(os.environ.get("BENCH_JOBS", "10000"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
CONNECTIONS = 8


@dataclass(frozen=True)
class Target:
    """One page to measure, with the cookie of whoever may see it."""

    name: str
    path: str
    cookie: str = ""


def main() -> None:
    if not shutil.which("wrk"):
        sys.exit("bench/pages.py needs wrk: apt install wrk")
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=folder, redis_url="", rate_limits=False, secret_key="b" * 40)
        app = create_app(settings)
        with app.app_context(), Progress() as progress:
            upgrade()
            add_load(JOBS, datetime.now(UTC), progress)
        targets = pages(app)
        environment = os.environ | {
            "DATA_DIR": folder, "DATABASE_URL": settings.database_url, "RATE_LIMITS": "false", "SECRET_KEY": "b" * 40
        }  # fmt: skip
        with serving("bench.one_line:app", environment) as base:
            reference = requests_a_second(base, Target("one line", "/"))
        print(f"\n{JOBS:,} jobs on {db_name(settings.database)}")
        print(f"{'page':<22}{'requests/s':>12}{'ratio':>8}{'queries':>9}{'KB':>8}")
        print(f"{'one-line Flask page':<22}{reference:>12,.0f}{1:>8.2f}{0:>9}{0:>8.1f}")
        with serving("marketplace.wsgi:app", environment) as base:
            for target in targets:
                queries, size = queries_of(app, target)
                rate = requests_a_second(base, target)
                print(
                    f"{target.name:<22}{rate:>12,.0f}{rate / reference:>8.2f}{queries:>9}{size / 1024:>8.1f}",
                    flush=True,
                )


def pages(app: Flask) -> list[Target]:
    """The pages to measure, the ranked one as the job's client."""
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.state == "open").limit(1)).one()
        client = db.session.get_one(User, job.client_id)
        bid = db.session.scalars(select(Bid).where(Bid.job_id == job.id).limit(1)).one()
        slug, uniquifier, bid_id = job.slug, client.fs_uniquifier, bid.id
        token = begin_session(client.id, app.extensions["clock"].now())
        db.session.commit()
    browser = app.test_client()
    with browser.session_transaction() as session:
        session.update(_user_id=uniquifier, sid=token, _fresh=True)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    signed_in = f"session={cookie.value}"
    return [
        Target("home", "/"),
        Target("job list", "/jobs"),
        Target("job list, searched", "/jobs?q=bakery"),
        Target("job page", f"/jobs/{slug}"),
        Target("ranked bids", f"/jobs/{slug}/bids", signed_in),
        Target("one bid", f"/bids/{bid_id}", signed_in),
    ]


def queries_of(app: Flask, target: Target) -> tuple[int, int]:
    """(SQL statements, bytes) of one request."""
    headers = {"Cookie": target.cookie} if target.cookie else {}
    with counted_queries() as statements:
        response = app.test_client(use_cookies=False).get(target.path, headers=headers)
    assert response.status_code == 200, f"{target.path}: {response.status_code}"
    return len(statements), len(response.data)


def requests_a_second(base: str, target: Target) -> float:
    """What wrk reports after a short warm-up."""
    header = ["-H", f"Cookie: {target.cookie}"] if target.cookie else []
    for seconds in (1, SECONDS):
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *header, base + target.path]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output, output
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert found is not None, output
    return float(found[1])


@contextmanager
def serving(app: str, environment: dict[str, str]) -> Generator[str]:
    """The WSGI `app` in one web process, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bench.serve", app, str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        await_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def await_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not come up")


def db_name(url: str) -> str:
    return url.split(":", 1)[0].split("+", 1)[0]


if __name__ == "__main__":
    main()
