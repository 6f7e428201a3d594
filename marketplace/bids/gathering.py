"""Gathers what jobs' ranks are computed from, in a fixed number of queries however many jobs and bids there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from marketplace.accounts.models import PortfolioItem, Profile
from marketplace.bids.match import Sought, match, sought
from marketplace.bids.models import Bid, bid_portfolio
from marketplace.bids.records import Record, records_of
from marketplace.bids.states import RANKED
from marketplace.core.database import db
from marketplace.jobs.models import Job, JobSkill, Requirement
from marketplace.prototypes.models import Prototype, is_confirmed_dead
from marketplace.prototypes.states import WAITING, PrototypeState
from marketplace.prototypes.values import FREE
from marketplace.ranking.facts import JobFacts, PrototypeFacts, RankFacts

PATIENCE = 5
"""Looks in a row that could not tell, before a link that no full check has seen yet counts as not known."""
PASSING = WAITING | {PrototypeState.UNKNOWN}
"""States that say nothing new about a link that was checked before."""

_Texts = dict[int, list[str]]


def rank_facts(job_ids: Collection[int], now: datetime) -> dict[int, RankFacts]:
    """Job id -> the facts about it and about each of its bids that holds a place; what is old weighs less at `now`."""
    jobs = db.session.execute(_job_rows(job_ids)).all()
    checkable, skills, works = _checkable(job_ids), _skills(job_ids), _shown_works(job_ids)
    asked = {job.id: sought(skills[job.id], job.title, job.spec) for job in jobs}
    rows = db.session.execute(_ranked_rows(job_ids)).all()
    records = records_of(list({row.freelancer_id for row in rows}), now)
    bids: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        facts = _bid_facts(row, asked[row.job_id], checkable[row.job_id], works.get(row.id, []))
        bids[row.job_id].append(facts | _record_facts(records[row.freelancer_id]))
    facts = {job.id: {"job": _job_facts(job, checkable[job.id]), "bids": bids[job.id]} for job in jobs}
    return {job_id: RankFacts.model_validate(one) for job_id, one in facts.items()}


def _record_facts(record: Record) -> dict[str, Any]:
    return {"reviews": record.reviews, "promises": record.promises, "contracts": record.contracts}


def _job_facts(row: Any, checkable: int) -> JobFacts:
    return JobFacts(
        id=str(row.id),
        budget_min=row.budget_min,
        budget_max=row.budget_max,
        currency=row.currency,
        requirements=checkable,
    )


def _bid_facts(row: Any, asked: Sought, checkable: int, works: Sequence[str]) -> dict[str, Any]:
    """As BidFacts reads them: ten thousand are read faster in one go than one by one."""
    skills: list[str] | None = row.skills
    return {
        "id": str(row.id),
        "price": row.price or 0,
        "days": row.days,
        "go_live_hours": row.go_live_hours,
        "submitted_at": row.submitted_at,
        "match": 0.0 if skills is None else match(asked, skills, row.headline, row.about, *skills, *works),
        "prototype": None if row.prototype_id is None else _link_facts(row, checkable),
    }


def prototype_facts(seen: Prototype, checkable: int) -> PrototypeFacts:
    """What is known of a link: while it is looked at again, or when a look could not tell, what was known before."""
    return PrototypeFacts.model_validate(_link_facts(seen, checkable))


def _link_facts(seen: Prototype | Row[*tuple[Any, ...]], checkable: int) -> dict[str, Any]:
    """The same as PrototypeFacts reads them, of a prototype or a row with its columns."""
    state = known_state(seen)
    if state == PrototypeState.LIVE and seen.review:
        state = seen.review  # flagged waits for a human, who clears or rejects it
    measured = min(seen.measured or 0, checkable)  # the spec may have lost lines since
    polish = None if seen.polish is None else round(seen.polish, 3)
    return {"state": str(state), "met": min(seen.met or 0, measured), "measured": measured, "polish": polish}


def known_state(seen: Prototype | Row[*tuple[Any, ...]]) -> str:
    """The link's state, or "dead"; while it is looked at again, or when a look could not tell, the one before."""
    if is_confirmed_dead(seen.failures, seen.failing_since, seen.checked_at):
        return "dead"
    if seen.state in PASSING and seen.failures:
        return PrototypeState.BROKEN
    if seen.state in PASSING and seen.met is not None and (seen.examined_at or seen.unknowns < PATIENCE):
        return PrototypeState.LIVE
    return seen.state


def _job_rows(job_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    of_job = Job.id, Job.title, Job.spec, Job.budget_min, Job.budget_max, Job.currency
    return select(*of_job).where(Job.id.in_(job_ids))


def _ranked_rows(job_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Columns, not objects: a job may have ten thousand bids."""
    of_bid = (
        Bid.id, Bid.job_id, Bid.freelancer_id, Bid.price, Bid.days, Bid.go_live_hours, Bid.submitted_at,
        Bid.prototype_id,
    )  # fmt: skip
    of_link = (
        Prototype.state, Prototype.review, Prototype.met, Prototype.measured, Prototype.polish, Prototype.failures,
        Prototype.failing_since, Prototype.checked_at, Prototype.examined_at, Prototype.unknowns,
    )  # fmt: skip
    return (
        select(*of_bid, *of_link, Profile.skills, Profile.headline, Profile.about)
        .outerjoin(Prototype, Prototype.id == Bid.prototype_id)
        .outerjoin(Profile, Profile.user_id == Bid.freelancer_id)
        .where(Bid.job_id.in_(job_ids), Bid.state.in_(RANKED))
        .order_by(Bid.id)
    )


def _checkable(job_ids: Collection[int]) -> Counter[int]:
    """Job id -> how many of its requirements a check can try."""
    of_jobs = Requirement.job_id.in_(job_ids), Requirement.kind != FREE
    return Counter(db.session.scalars(select(Requirement.job_id).where(*of_jobs)))


def _skills(job_ids: Collection[int]) -> _Texts:
    """Job id -> the skills that it asks for."""
    return _texts(select(JobSkill.job_id, JobSkill.name).where(JobSkill.job_id.in_(job_ids)))


def _shown_works(job_ids: Collection[int]) -> _Texts:
    """Bid id -> what its chosen portfolio items say."""
    return _texts(
        select(bid_portfolio.c.bid_id, PortfolioItem.title, PortfolioItem.description)
        .join(PortfolioItem, PortfolioItem.id == bid_portfolio.c.portfolio_item_id)
        .join(Bid, Bid.id == bid_portfolio.c.bid_id)
        .where(Bid.job_id.in_(job_ids))
    )


def _texts(rows: Select[*tuple[Any, ...]]) -> _Texts:
    """The first column -> what the others say."""
    said: _Texts = defaultdict(list)
    for key, *texts in db.session.execute(rows):
        said[key] += texts
    return said
