"""Data for the fairness figures: the newest ranked jobs of a period, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import Profile
from marketplace.bids.models import Bid
from marketplace.bids.states import RANKED
from marketplace.contracts.models import Award
from marketplace.core.countries import country_name
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.moderation.exposure import Ranked

MAX_JOBS, MAX_PLACES = 500, 100
"""Limits on jobs, newest first, and on ranks per job: what one page can read in a second."""
EVIDENCE = frozenset({"verified", "requirements", "polish"})
"""Score terms that only a working prototype earns."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The ranked bids of some jobs."""

    bids: Sequence[Ranked]
    jobs: int
    all_jobs: int
    """Jobs with bids in the period, ranked or not; above MAX_JOBS the oldest are left out."""


def sample(since: datetime, until: datetime) -> Sample:
    """Load the sample of the jobs published in a period (UTC); two queries."""
    published = (Job.published_at >= since) & (Job.published_at <= until) & (Job.bid_count > 0)
    newest = select(Job.id).where(published).order_by(Job.published_at.desc(), Job.id.desc()).limit(MAX_JOBS)
    earlier, earlier_bid = aliased(Award), aliased(Bid)
    first_won = (
        select(earlier_bid.freelancer_id, func.min(earlier.awarded_at).label("at"))
        .join(earlier, earlier.bid_id == earlier_bid.id)
        .group_by(earlier_bid.freelancer_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Bid.job_id, Bid.rank, Bid.price, Bid.terms, Bid.submitted_at, first_won.c.at,
            Bid.prototype_id, Award.bid_id, Bid.id, Profile.country,
        )
        .outerjoin(Award, Award.job_id == Bid.job_id)
        .outerjoin(Profile, Profile.user_id == Bid.freelancer_id)
        .outerjoin(first_won, first_won.c.freelancer_id == Bid.freelancer_id)
        .where(Bid.job_id.in_(newest), Bid.rank <= MAX_PLACES, Bid.state.in_(RANKED))
        .order_by(Bid.job_id, Bid.rank)
    )  # fmt: skip
    bids = [_ranked(*row) for row in rows]
    count = db.session.scalar(select(func.count()).select_from(Job).where(published)) or 0
    return Sample(bids, len({bid.job_id for bid in bids}), count)


def _ranked(
    job_id: int, rank: int, price: int | None, terms: dict[str, Any] | None, submitted_at: datetime | None,
    first_won: datetime | None, prototype_id: int | None, winner: int | None, bid_id: int, country: str | None,
) -> Ranked:  # fmt: skip
    earned = {term["name"]: term["points"] for term in (terms or {}).get("terms", ()) if term["name"] in EVIDENCE}
    is_live = earned.get("verified", 0) > 0
    return Ranked(
        job_id=job_id,
        rank=rank,
        price=price or 0,
        evidence=max(0, sum(earned.values())),
        is_newcomer=first_won is None or (submitted_at is not None and first_won > submitted_at),
        link="live" if is_live else "none" if prototype_id is None else "other",
        country=country_name(country) if country else None,
        has_won=None if winner is None else winner == bid_id,
    )
