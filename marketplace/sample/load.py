"""Bulk-insert many plausible rows, to measure pages and query plans."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from rich.progress import Progress
from sqlalchemy import func, insert, select

from marketplace.accounts.models import CLIENT, FREELANCER, Profile, Role, User, user_roles
from marketplace.bids.models import Bid
from marketplace.bids.states import BidState
from marketplace.core.database import Base, db
from marketplace.jobs.models import Job, JobRequirement, JobSkill
from marketplace.jobs.states import JobState

BATCH = 5_000
BIDS_A_JOB = 10
SKILLS = (
    "python",
    "flask",
    "css",
    "javascript",
    "figma",
    "seo",
    "copywriting",
    "postgresql",
    "django",
    "react",
    "wordpress",
    "accessibility",
)
COUNTRIES = ("DE", "PL", "DE", "IN", "PT", None, "BR", "NG")
CATEGORIES = ("web", "shop", "design", "app", "data", "writing")
SUBJECTS = (
    "Booking site",
    "Web shop",
    "Landing page",
    "Dashboard",
    "Portfolio",
    "Newsletter",
    "Price calculator",
    "Members area",
    "Menu",
    "Blog",
)
OWNERS = (
    "a climbing gym",
    "a bakery",
    "a law office",
    "a choir",
    "a bike workshop",
    "a language school",
    "a vineyard",
    "a dentist",
    "a museum",
    "a charity",
)


def add_load(jobs: int, now: datetime, progress: Progress, *, seed: int = 1) -> None:
    """Add `jobs` jobs with ten bids each, and their people; commits every few thousand rows.

    The same seed gives the same rows. Amounts are minor units; all is posted within the 90 days before `now`.
    """
    chance = random.Random(seed)  # noqa: S311 (sample data, no secret)
    people = _people(max(100, jobs // 20), now, progress)
    clients, freelancers = people[: len(people) // 4], people[len(people) // 4 :]
    first = (db.session.scalar(select(func.max(Job.id))) or 0) + 1
    span = range(first, first + jobs)
    _write(Job, (_job(job_id, clients, now, chance) for job_id in span), jobs, "jobs", progress)
    skills = ({"job_id": job_id, "name": name} for job_id in span for name in chance.sample(SKILLS, 3))
    _write(JobSkill, skills, jobs * 3, "skills", progress)
    lines = (
        {"job_id": job_id, "position": position, "kind": kind, "value": value}
        for job_id in span
        for position, (kind, value) in enumerate((("page", "/prices"), ("text", "Book now"), ("https", "")))
    )
    _write(JobRequirement, lines, jobs * 3, "requirements", progress)
    bids = (bid for job_id in span for bid in _bids(job_id, freelancers, now, chance))
    _write(Bid, bids, jobs * BIDS_A_JOB, "bids", progress)
    _catch_up_sequences()


def _catch_up_sequences() -> None:
    """Advance PostgreSQL's sequences past the ids that we chose."""
    if db.engine.dialect.name == "postgresql":
        for model in (User, Job):
            sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
            db.session.execute(select(func.setval(sequence, func.max(model.id))))
        db.session.commit()


def _write(model: type[Base], rows: Iterable[dict[str, Any]], total: int, name: str, progress: Progress) -> None:
    task = progress.add_task(name, total=total)
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        db.session.execute(insert(model.__table__), batch)  # pyright: ignore[reportArgumentType]
        db.session.commit()
        progress.advance(task, len(batch))


def _people(count: int, now: datetime, progress: Progress) -> list[int]:
    roles = {role.name: role.id for role in db.session.scalars(select(Role))}
    for name in {CLIENT, FREELANCER} - roles.keys():
        db.session.add(role := Role(name=name))
        db.session.flush()
        roles[name] = role.id
    first = (db.session.scalar(select(func.max(User.id))) or 0) + 1
    ids = list(range(first, first + count))
    people = (
        {
            "id": person,
            "email": f"load-{person}@example.com",
            "active": True,
            "fs_uniquifier": f"load-{person}",
            "confirmed_at": now,
            "name": f"Person {person}",
            "slug": f"person-{person}",
            "created_at": now - timedelta(days=100),
        }
        for person in ids
    )
    _write(User, people, count, "people", progress)
    profiles = (
        {
            "user_id": person,
            "headline": "Builds things that work",
            "about": "",
            "skills": list(SKILLS[person % 6 : person % 6 + 4]),
            "rate_currency": "EUR",
            "country": COUNTRIES[person % len(COUNTRIES)],
        }
        for person in ids
    )
    _write(Profile, profiles, count, "profiles", progress)
    quarter = count // 4
    members = [
        {"user_id": person, "role_id": roles[CLIENT if index < quarter else FREELANCER]}
        for index, person in enumerate(ids)
    ]
    for start in range(0, count, BATCH):
        db.session.execute(insert(user_roles), members[start : start + BATCH])
    db.session.commit()
    return ids


def _job(job_id: int, clients: list[int], now: datetime, chance: random.Random) -> dict[str, Any]:
    title = f"{chance.choice(SUBJECTS)} for {chance.choice(OWNERS)}"
    published = now - timedelta(minutes=chance.randrange(60, 90 * 24 * 60))
    budget = chance.randrange(500, 8000) * 100
    is_open = chance.random() < 0.6
    return {
        "id": job_id,
        "slug": f"load-{job_id}",
        "client_id": chance.choice(clients),
        "state": JobState.OPEN if is_open else JobState.EXPIRED,
        "title": title,
        "spec": f"We need a {title.lower()}. It should work on a phone.\n\n- simple\n- accessible",
        "category": chance.choice(CATEGORIES),
        "currency": "EUR",
        "budget_min": budget,
        "budget_max": budget * 3 // 2,
        "bid_deadline": now + timedelta(days=chance.randrange(1, 30)) if is_open else published + timedelta(days=1),
        "decision_deadline": now + timedelta(days=40) if is_open else published + timedelta(days=2),
        "version": 1,
        "bid_count": BIDS_A_JOB,
        "created_at": published,
        "updated_at": published,
        "published_at": published,
    }


def _bids(job_id: int, freelancers: list[int], now: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    for place, freelancer in enumerate(chance.sample(freelancers, min(BIDS_A_JOB, len(freelancers))), 1):
        yield {
            "job_id": job_id,
            "freelancer_id": freelancer,
            "state": BidState.SUBMITTED,
            "price": chance.randrange(500, 9000) * 100,
            "days": chance.randrange(3, 60),
            "go_live_hours": chance.choice((6, 24, 48)),
            "note": "I have built three of these and would start on Monday.",
            "credits": "",
            "prototype_url": "",
            "client_note": "",
            "decline_reason": "",
            "rank": place,
            "score": 60_000 - place * 3_000,
            "provisional": False,
            "job_version": 1,
            "created_at": now,
            "updated_at": now,
            "submitted_at": now,
        }
