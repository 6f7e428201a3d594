"""The marketplace's own award decisions, as data for fitting the rank's weights."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from marketplace.bids.models import RankSnapshot
from marketplace.contracts.models import Award
from marketplace.core.database import db
from marketplace.ranking.facts import read_facts
from marketplace.ranking.outcomes import DecidedJob


def own_outcomes() -> Iterator[DecidedJob]:
    """Yield each award with the facts of the last rank before it, as the client saw it; oldest first."""
    awards = select(Award.job_id, Award.bid_id, Award.awarded_at).order_by(Award.id)
    for job_id, bid_id, awarded_at in db.session.execute(awards).all():
        before = (RankSnapshot.job_id == job_id) & (RankSnapshot.created_at <= awarded_at)
        newest = select(RankSnapshot.facts).where(before).order_by(RankSnapshot.id.desc()).limit(1)
        stored = db.session.scalar(newest)
        facts = read_facts(stored) if stored else None
        if facts and any(bid.id == str(bid_id) for bid in facts.bids):
            yield DecidedJob(facts, str(bid_id))
