"""Load the facts that ranks are computed from; the number of queries does not grow with jobs or bids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from marketplace.bids.fits import fits_of
from marketplace.bids.models import Bid
from marketplace.bids.records import Record, pasts_of
from marketplace.bids.states import RANKED
from marketplace.checker.requirement_values import FREE
from marketplace.core.database import db
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.models import Job, JobRequirement
from marketplace.prototypes.as_of import Known, Moment, known_at
from marketplace.prototypes.models import Prototype, is_confirmed_dead
from marketplace.prototypes.states import WAITING, PrototypeState
from marketplace.ranking.facts import JobFacts, PrototypeFacts, RankedState, RankFacts

MAX_UNKNOWN_CHECKS = 5
"""Consecutive inconclusive checks after which a link without a full check counts as unknown."""
TRANSIENT_STATES = WAITING | {PrototypeState.UNKNOWN}
"""States that do not replace the last known state of a link checked before."""


def rank_facts(job_ids: Collection[int], now: datetime) -> dict[int, RankFacts]:
    """Map job ids to facts about the job and each of its ranked bids.

    After bids close, facts are as of closing: later checks, edits and reviews have no effect.
    """
    jobs = {job.id: job for job in db.session.execute(_job_rows(job_ids))}
    closed_at = {job.id: jobs_policy.bids_closed_at(job, now) for job in jobs.values()}
    lines = _checkable(job_ids)
    rows = db.session.execute(_ranked_rows(job_ids)).all()
    pasts = pasts_of(list({row.freelancer_id for row in rows}))
    fits = fits_of([row.id for row in rows if row.fit is None])
    known = known_at(
        {
            row.prototype_id: Moment(at, lines[row.job_id])
            for row in rows
            if row.prototype_id and (at := closed_at[row.job_id])
        }
    )
    bids: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        link = (
            None if row.prototype_id is None else _link_facts(known.get(row.prototype_id, row), len(lines[row.job_id]))
        )
        record = pasts[row.freelancer_id].at(closed_at[row.job_id] or now)
        fit = fits[row.id] if row.fit is None else row.fit
        bids[row.job_id].append(_bid_facts(row) | _record_facts(record) | {"match": fit, "prototype": link})
    facts = {job.id: {"job": _job_facts(job, len(lines[job.id])), "bids": bids[job.id]} for job in jobs.values()}
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


def _bid_facts(row: Any) -> dict[str, Any]:
    """Return a dict for BidFacts: validating ten thousand at once is faster than one by one."""
    return {
        "id": str(row.id),
        "price": row.price or 0,
        "days": row.days,
        "go_live_hours": row.go_live_hours,
        "submitted_at": row.submitted_at,
    }


def prototype_facts(seen: Prototype, checkable: int) -> PrototypeFacts:
    """Facts of a link; while a check is pending or was inconclusive, the last known ones."""
    return PrototypeFacts.model_validate(_link_facts(seen, checkable))


def _link_facts(seen: Prototype | Known | Row[*tuple[Any, ...]], checkable: int) -> dict[str, Any]:
    """Same facts as a dict for PrototypeFacts, from a prototype or a row with its columns."""
    state = known_state(seen)
    if state == RankedState.LIVE and seen.review:
        state = RankedState(seen.review)  # flagged until a moderator clears or rejects it
    measured = min(seen.measured or 0, checkable)  # requirements may have been removed since the check
    polish = None if seen.polish is None else round(seen.polish, 3)
    return {"state": state, "met": min(seen.met or 0, measured), "measured": measured, "polish": polish}


def known_state(seen: Prototype | Known | Row[*tuple[Any, ...]]) -> RankedState:
    """Return dead if confirmed, else the state; while a check is pending or inconclusive, the last known state."""
    if is_confirmed_dead(seen.failures, seen.failing_since, seen.checked_at):
        return RankedState.DEAD
    if seen.state in TRANSIENT_STATES and seen.failures:
        return RankedState.BROKEN
    if (
        seen.state in TRANSIENT_STATES
        and seen.met is not None
        and (seen.examined_at or seen.unknowns < MAX_UNKNOWN_CHECKS)
    ):
        return RankedState.LIVE
    return RankedState(seen.state)


def _job_rows(job_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    of_job = Job.id, Job.budget_min, Job.budget_max, Job.currency
    times = Job.published_at, Job.bid_deadline, Job.closed_at
    return select(*of_job, *times).where(Job.id.in_(job_ids))


def _ranked_rows(job_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Select columns instead of objects: a job may have ten thousand bids."""
    of_bid = (
        Bid.id, Bid.job_id, Bid.freelancer_id, Bid.price, Bid.days, Bid.go_live_hours, Bid.submitted_at,
        Bid.prototype_id, Bid.fit,
    )  # fmt: skip
    of_link = (
        Prototype.state, Prototype.review, Prototype.met, Prototype.measured, Prototype.polish, Prototype.failures,
        Prototype.failing_since, Prototype.checked_at, Prototype.examined_at, Prototype.unknowns,
    )  # fmt: skip
    return (
        select(*of_bid, *of_link)
        .outerjoin(Prototype, Prototype.id == Bid.prototype_id)
        .where(Bid.job_id.in_(job_ids), Bid.state.in_(RANKED))
        .order_by(Bid.id)
    )


def _checkable(job_ids: Collection[int]) -> dict[int, list[str]]:
    """Map job ids to the ids of their machine-checkable requirements."""
    lines: dict[int, list[str]] = defaultdict(list)
    of_jobs = JobRequirement.job_id.in_(job_ids), JobRequirement.kind != FREE
    for job_id, line_id in db.session.execute(select(JobRequirement.job_id, JobRequirement.id).where(*of_jobs)):
        lines[job_id].append(str(line_id))
    return lines
