"""Rows as test fixtures, with realistic defaults for all fields; call inside an app context."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import Profile, Role, User
from marketplace.bids.models import Bid
from marketplace.bids.states import BidState
from marketplace.core.database import db
from marketplace.core.text import unique_slug
from marketplace.jobs.models import Job, JobRequirement, JobSkill
from marketplace.jobs.states import JobState

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""Initial time of every test's clock."""


def make_user(*roles: str, name: str = "Ada Example", **fields: Any) -> User:
    """A confirmed person with these roles ("client", "freelancer", "admin")."""
    user = User(
        **{
            "email": f"{secrets.token_hex(6)}@example.com",
            "active": True,
            "fs_uniquifier": secrets.token_hex(16),
            "confirmed_at": START,
            "name": name,
            "slug": unique_slug(name),
            "created_at": START - timedelta(days=30),
            "roles": [_role(role) for role in roles],
            "profile": Profile(skills=[]),
            **fields,
        }
    )
    db.session.add(user)
    db.session.commit()
    return user


def make_job(
    client: User, *, requirements: list[tuple[str, str]] | None = None, skills: tuple[str, ...] = (), **fields: Any
) -> Job:
    """An open job whose bids close in a week; `requirements` are (kind, value)."""
    job = Job(
        **{
            "slug": unique_slug(fields.get("title", "Booking site for a climbing gym")),
            "client_id": client.id,
            "state": JobState.OPEN,
            "title": "Booking site for a climbing gym",
            "spec": "Members book a slot in three taps.",
            "category": "web",
            "currency": "EUR",
            "budget_min": 200_000,
            "budget_max": 350_000,
            "bid_deadline": START + timedelta(days=7),
            "decision_deadline": START + timedelta(days=14),
            "created_at": START - timedelta(days=1),
            "updated_at": START - timedelta(days=1),
            "published_at": START - timedelta(days=1),
            **fields,
        }
    )
    job.requirements = [
        JobRequirement(position=position, kind=kind, value=value)
        for position, (kind, value) in enumerate(requirements or [])
    ]
    job.skills = [JobSkill(name=name) for name in skills]
    db.session.add(job)
    db.session.commit()
    return job


def make_bid(job: Job, freelancer: User, **fields: Any) -> Bid:
    """A submitted bid without a prototype."""
    bid = Bid(
        **{
            "job_id": job.id,
            "freelancer_id": freelancer.id,
            "state": BidState.SUBMITTED,
            "price": 290_000,
            "days": 18,
            "go_live_hours": 6,
            "note": "I run a bouldering wall's site today, so the slot rules in your spec are familiar to me.",
            "created_at": START,
            "updated_at": START,
            "submitted_at": START,
            **fields,
        }
    )
    db.session.add(bid)
    if bid.state != BidState.DRAFT:
        job.bid_count += 1
    db.session.commit()
    return bid


def _role(name: str) -> Role:
    return db.session.scalar(select(Role).where(Role.name == name)) or Role(name=name)
