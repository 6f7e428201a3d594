"""Gathers what a job's rank is computed from, in a fixed number of queries however many bids there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from marketplace.accounts.models import PortfolioItem, Profile
from marketplace.bids.match import match, words
from marketplace.bids.models import Bid, bid_portfolio
from marketplace.bids.records import records_of
from marketplace.bids.states import RANKED
from marketplace.core.database import db
from marketplace.jobs.models import Job, JobSkill, Requirement
from marketplace.jobs.requirements import FREE
from marketplace.prototypes.models import Prototype, is_confirmed_dead
from marketplace.prototypes.states import WAITING, PrototypeState
from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, RankFacts

PASSING = WAITING | {PrototypeState.UNKNOWN}
"""States that say nothing new about a link that was checked before."""

_Works = dict[int, list[str]]


def rank_facts(job: Job, now: datetime) -> RankFacts:
    """The facts about the job and about each bid that holds a place; what is old weighs less at `now`."""
    is_checkable = (Requirement.job_id == job.id) & (Requirement.kind != FREE)
    checkable = len(db.session.scalars(select(Requirement.id).where(is_checkable)).all())
    skills = db.session.scalars(select(JobSkill.name).where(JobSkill.job_id == job.id)).all()
    spec_words, works = words(job.title, job.spec), _shown_works(job.id)
    rows = db.session.execute(_ranked_rows(job.id)).all()
    records = records_of([row.freelancer_id for row in rows], now)
    bids = [
        BidFacts(
            id=str(row.id),
            price=row.price or 0,
            days=row.days,
            go_live_hours=row.go_live_hours,
            submitted_at=row.submitted_at,
            match=_match(row, skills, spec_words, works.get(row.id, [])),
            prototype=None if row.prototype_id is None else prototype_facts(row, checkable),
            reviews=records[row.freelancer_id].reviews,
            promises=records[row.freelancer_id].promises,
            contracts=records[row.freelancer_id].contracts,
        )
        for row in rows
    ]
    return RankFacts(
        job=JobFacts(
            id=str(job.id),
            budget_min=job.budget_min,
            budget_max=job.budget_max,
            currency=job.currency,
            requirements=checkable,
        ),
        bids=bids,
    )


def prototype_facts(seen: Prototype | Row[*tuple[Any, ...]], checkable: int) -> PrototypeFacts:
    """What is known of a link: while it is looked at again, or when a look could not tell, what was known before.

    `seen` is a prototype or a row with its columns.
    """
    state = seen.state
    if is_confirmed_dead(seen.failures, seen.failing_since, seen.checked_at):
        state = "dead"
    elif state in PASSING and seen.failures:
        state = PrototypeState.BROKEN
    elif state in PASSING and seen.met is not None:
        state = PrototypeState.LIVE
    if state == PrototypeState.LIVE and seen.review:
        state = seen.review  # flagged waits for a human, who clears or rejects it
    measured = min(seen.measured or 0, checkable)  # the spec may have lost lines since
    polish = None if seen.polish is None else round(seen.polish, 3)
    facts = {"state": str(state), "met": min(seen.met or 0, measured), "measured": measured, "polish": polish}
    return PrototypeFacts.model_validate(facts)


def _ranked_rows(job_id: int) -> Select[*tuple[Any, ...]]:
    """Columns, not objects: a job may have ten thousand bids."""
    of_bid = Bid.id, Bid.freelancer_id, Bid.price, Bid.days, Bid.go_live_hours, Bid.submitted_at, Bid.prototype_id
    of_link = (
        Prototype.state, Prototype.review, Prototype.met, Prototype.measured, Prototype.polish, Prototype.failures,
        Prototype.failing_since, Prototype.checked_at,
    )  # fmt: skip
    return (
        select(*of_bid, *of_link, Profile.skills, Profile.headline, Profile.about)
        .outerjoin(Prototype, Prototype.id == Bid.prototype_id)
        .outerjoin(Profile, Profile.user_id == Bid.freelancer_id)
        .where(Bid.job_id == job_id, Bid.state.in_(RANKED))
        .order_by(Bid.id)
    )


def _shown_works(job_id: int) -> _Works:
    """Bid id -> what its chosen portfolio items say."""
    texts: _Works = defaultdict(list)
    rows = db.session.execute(
        select(bid_portfolio.c.bid_id, PortfolioItem.title, PortfolioItem.description)
        .join(PortfolioItem, PortfolioItem.id == bid_portfolio.c.portfolio_item_id)
        .join(Bid, Bid.id == bid_portfolio.c.bid_id)
        .where(Bid.job_id == job_id)
    )
    for bid_id, title, description in rows:
        texts[bid_id] += (title, description)
    return texts


def _match(row: Any, skills: Sequence[str], spec_words: frozenset[str], works: list[str]) -> float:
    if row.skills is None:
        return 0.0  # no profile
    own = (row.headline, row.about, *row.skills, *works)
    return match(skills, spec_words, row.skills, words(*own))
