"""Ranking one job with many bids again, facts read to snapshot stored, beside a bare UPDATE of the same rows.

`--jobs N` also ranks N jobs with ten bids each, as `marketplace ranking rebuild` does, after a tenth of them, so that
one sees whether it is linear. On PostgreSQL beside `python -m tests.support.postgres -- python -m bench.rescore`, else
on SQLite. Seconds are of CPU in this process (on SQLite the database's too) and of the clock; a loop of plain Python
says how fast the machine is just now.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flask_migrate import upgrade
from rich.progress import Progress
from sqlalchemy import insert, update

from config.settings import load_settings
from marketplace.accounts.models import Profile, User
from marketplace.app import create_app
from marketplace.bids.command import JOBS_AT_ONCE
from marketplace.bids.models import Bid
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype
from marketplace.sample.load import BIDS_A_JOB, SKILLS, add_load

ABOUT = "I build sites that work on a phone, for people who book, read and buy. Simple, fast and accessible. " * 4
ROUNDS = 3
NOW = datetime.now(UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bids", type=int, nargs="*", default=[1_000, 5_000, 10_000])
    parser.add_argument("--jobs", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("TEST_POSTGRES_URL", "")
        app = create_app(load_settings(data_dir=folder, database_url=url, redis_url=""))
        with app.app_context(), Progress(disable=True) as progress:
            upgrade()
            add_load(options.jobs, NOW, progress)
            print(f"{'PostgreSQL' if url else 'SQLite':<44}{'CPU':>8}{'clock':>10}")
            line("3,000,000 rounds of a Python loop", best_of(plain_loop))
            for bids in options.bids:
                one_job(add_contest(bids), bids)
            for jobs in (options.jobs // 10, options.jobs):
                many_jobs(jobs)
            db.session.remove()
            db.engine.dispose()


class Seconds(NamedTuple):
    """How long something took."""

    cpu: float
    clock: float


def line(what: str, took: Seconds, more: str = "") -> None:
    print(f"  {what:<42}{took.cpu:>8.3f}{took.clock:>8.3f} s  {more}", flush=True)


def one_job(job_id: int, bids: int) -> None:
    """Prints the seconds of a rescore with news, one without, and a bare UPDATE of all its rows."""
    moments = (NOW + timedelta(minutes=minute) for minute in range(100))

    def rescored() -> None:
        assert rescore_due(lambda: NOW + timedelta(days=1)) == 1

    def without_news() -> None:
        ask_for_rescore(job_id, next(moments))
        db.session.commit()

    def with_news() -> None:
        db.session.execute(update(Bid).where(Bid.job_id == job_id).values(price=Bid.price + 1))
        without_news()

    def bare_update() -> None:
        same = update(Bid).where(Bid.job_id == job_id).values(rank=Bid.rank + 1, score=Bid.score + 1, terms=Bid.terms)
        db.session.execute(same.execution_options(synchronize_session=False))
        db.session.commit()

    news, same = best_of(rescored, before=with_news), best_of(rescored, before=without_news)
    reference = best_of(bare_update)
    line(f"{bids:,} bids of one job ranked and stored", news, f"{news.cpu / bids * 1e6:.0f} us of CPU a bid")
    line("the same without news", same)
    line("a bare UPDATE of the same rows", reference, f"ratio of the clock {news.clock / reference.clock:.1f}")


def many_jobs(jobs: int) -> None:
    """Prints how long ranking so many jobs of ten bids takes, as when weights changed: each has news."""
    now = NOW + timedelta(days=1)
    db.session.execute(update(Bid).where(Bid.job_id <= jobs).values(price=Bid.price + 1))
    for job_id in range(1, jobs + 1):
        ask_for_rescore(job_id, now)
    db.session.commit()

    def rebuilt() -> None:
        rescore_many = replace(rescore_due, limit=JOBS_AT_ONCE)
        while rescore_many(lambda: now):
            pass

    took = timed(rebuilt)
    each = f"{took.cpu / jobs * 1e3:.1f} ms of CPU a job, {jobs / took.clock:,.0f} jobs a second"
    line(f"{jobs:,} jobs with {BIDS_A_JOB} bids", took, each)


def plain_loop() -> int:
    return sum(number * number % 7 for number in range(3_000_000))


def add_contest(count: int) -> int:
    """A job after those of the load with `count` bids, each by somebody else and with a prototype; gives its id."""
    chance = random.Random(count)
    people, profiles, links, bids = [], [], [], []
    job = db.session.get_one(Job, 1)
    columns = {column.key: getattr(job, column.key) for column in Job.__mapper__.column_attrs}
    job_id = (db.session.query(db.func.max(Job.id)).scalar() or 0) + 1
    db.session.execute(insert(Job), {**columns, "id": job_id, "slug": f"contest-{count}"})
    first = (db.session.query(db.func.max(User.id)).scalar() or 0) + 10**7  # above all ids of bids
    names = range(first, first + count)
    of_person = {"active": True, "confirmed_at": NOW, "created_at": NOW}
    of_profile = {"headline": "Builds things that work", "about": ABOUT, "rate_currency": "EUR"}
    of_link = {"url": "https://example.com/", "submitted_at": NOW, "checked_at": NOW, "summary": "It works."}
    of_bid = {"job_id": job_id, "state": "submitted", "days": 20, "go_live_hours": 24, "created_at": NOW}
    for name in names:
        text = str(name)
        people.append({**of_person, "id": name, "email": text, "fs_uniquifier": text, "name": text, "slug": text})
        profiles.append({**of_profile, "user_id": name, "skills": chance.sample(SKILLS, 4)})
        found = {"met": chance.randrange(4), "measured": 3, "polish": chance.random()}
        links.append({**of_link, **found, "id": name, "state": chance.choice(["live", "live", "broken"])})
        price, when = chance.randrange(50_000, 900_000), NOW - timedelta(seconds=chance.randrange(10**5))
        mine = {"id": name, "freelancer_id": name, "prototype_id": name, "price": price, "submitted_at": when}
        bids.append({**of_bid, **mine, "updated_at": when})
    for model, rows in ((User, people), (Profile, profiles), (Prototype, links), (Bid, bids)):
        db.session.execute(insert(model), rows)
    db.session.commit()
    return job_id


def best_of(work: Callable[[], object], before: Callable[[], object] | None = None) -> Seconds:
    """The fastest of three rounds."""
    rounds: list[Seconds] = []
    for _ in range(ROUNDS):
        if before:
            before()
        rounds.append(timed(work))
    return Seconds(min(one.cpu for one in rounds), min(one.clock for one in rounds))


def timed(work: Callable[[], object]) -> Seconds:
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return Seconds(time.process_time() - cpu, time.perf_counter() - clock)


if __name__ == "__main__":
    main()
