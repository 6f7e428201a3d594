"""Ranking one job with 10,000 bids again, facts read to snapshot stored, beside a bare UPDATE of the same rows.

`--jobs N` also ranks N jobs with ten bids each, as `marketplace ranking rebuild` does. On PostgreSQL beside
`python -m tests.support.postgres -- python -m bench.rescore`, else on SQLite.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask_migrate import upgrade
from rich.progress import Progress
from sqlalchemy import insert, update

from config.settings import load_settings
from marketplace.accounts.models import Profile, User
from marketplace.app import create_app
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
    parser.add_argument("--bids", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("TEST_POSTGRES_URL", "")
        app = create_app(load_settings(data_dir=folder, database_url=url, redis_url=""))
        with app.app_context(), Progress(disable=True) as progress:
            upgrade()
            add_load(options.jobs, NOW, progress)
            job_id = add_contest(options.bids)
            print("PostgreSQL" if url else "SQLite")
            one_job(job_id, options.bids)
            many_jobs(job_id, options.jobs)
            db.session.remove()
            db.engine.dispose()


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
    print(f"  {bids:,} bids of one job ranked and stored  {news:7.3f} s")
    print(f"  the same without news                   {same:7.3f} s")
    print(f"  a bare UPDATE of the same rows          {reference:7.3f} s    ratio {news / reference:.1f}")


def many_jobs(first: int, jobs: int) -> None:
    """Prints how long ranking many jobs of ten bids takes."""
    now = NOW + timedelta(days=1)
    for job_id in range(first - jobs, first):
        ask_for_rescore(job_id, now)
    db.session.commit()
    started = time.perf_counter()
    while rescore_due(lambda: now):
        pass
    seconds = time.perf_counter() - started
    print(f"  {jobs:,} jobs with {BIDS_A_JOB} bids  {seconds:7.3f} s    {jobs * BIDS_A_JOB / seconds:,.0f} bids/s")


def add_contest(count: int) -> int:
    """A job after those of the load with `count` bids, each by somebody else and with a prototype; gives its id."""
    chance = random.Random(count)
    people, profiles, links, bids = [], [], [], []
    job = db.session.get_one(Job, 1)
    columns = {column.key: getattr(job, column.key) for column in Job.__mapper__.column_attrs}
    job_id = (db.session.query(db.func.max(Job.id)).scalar() or 0) + 1
    db.session.execute(insert(Job), {**columns, "id": job_id, "slug": "contest"})
    names = range(10**6, 10**6 + count)
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


def best_of(work: Callable[[], object], before: Callable[[], object] | None = None) -> float:
    """Seconds of the fastest of three rounds."""
    times: list[float] = []
    for _ in range(ROUNDS):
        if before:
            before()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
