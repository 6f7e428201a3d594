"""Ranks a job's bids again when something changed: asked for in the transaction of the cause, done by a worker."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, case, event, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.bids.gathering import rank_facts
from marketplace.bids.models import Bid, RankSnapshot, Rescore
from marketplace.bids.states import RANKED
from marketplace.core import doorbell
from marketplace.core.database import UtcDateTime, db, reading
from marketplace.core.leases import holds, lease, release
from marketplace.jobs.models import Job
from marketplace.jobs.services.editing import lock
from marketplace.jobs.states import DECIDABLE
from marketplace.ranking.explain import columns, store
from marketplace.ranking.facts import RankFacts
from marketplace.ranking.order import Placed, as_json, rank
from marketplace.ranking.own import group_points
from marketplace.ranking.score import WORKING
from marketplace.ranking.weights import CURRENT

log = logging.getLogger(__name__)

PAUSE = timedelta(seconds=1)
"""Between two rescores of one job, so that a burst of verdicts costs one or two."""
LEASE_SECONDS = 60
_ASKED = "jobs to rescore"


def ask_for_rescore(job_id: int, now: datetime) -> None:
    """Have the job ranked soon after the current transaction commits: at once, or a second after its last rank."""
    db.session.info.setdefault(_ASKED, {})[job_id] = now
    doorbell.ring(doorbell.RESCORE_JOBS)


def ask_after_checks(prototype_ids: Sequence[int], now: datetime) -> None:
    """The same for the undecided jobs of checked links."""
    undecided = (
        select(Bid.job_id)
        .join(Job, Job.id == Bid.job_id)
        .where(Bid.prototype_id.in_(prototype_ids), Bid.state.in_(RANKED), Job.state.in_(DECIDABLE))
    )
    for job_id in db.session.scalars(undecided):
        ask_for_rescore(job_id, now)


@event.listens_for(db.session, "after_rollback")
def _forget_asked(session: Session) -> None:
    session.info.pop(_ASKED, None)


@event.listens_for(db.session, "before_commit")
def _write_asked(session: Session) -> None:
    """One row a job, last of all writes and in one order, so that no two transactions wait for each other's rows."""
    if session.in_nested_transaction():
        return  # a savepoint; the real commit is still to come
    asked: dict[int, datetime] = session.info.pop(_ASKED, {})
    if asked:
        session.flush()
    for job_id, now in sorted(asked.items()):
        session.execute(_upsert(session, job_id, now))


def _upsert(session: Session, job_id: int, now: datetime) -> Executable:
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Rescore)
    due_at = case(
        (Rescore.due_at.is_not(None), Rescore.due_at),
        (Rescore.ranked_at > now - PAUSE, literal(now + PAUSE, UtcDateTime())),
        else_=literal(now, UtcDateTime()),
    )
    return insert.values(job_id=job_id, asked=1, due_at=now).on_conflict_do_update(
        index_elements=[Rescore.job_id], set_={"asked": Rescore.asked + 1, "due_at": due_at}
    )


def rescore_due(clock: Callable[[], datetime], limit: int = 20) -> int:
    """Rank up to `limit` jobs that are due; gives how many were. Commits after each, so that none waits for another.

    A job whose rank fails is logged and comes back when its lease runs out; the others are not held up.
    """
    leased = [(row.job_id, row.lease_token or "") for row in lease(Rescore, clock(), limit, LEASE_SECONDS)]
    db.session.commit()
    for job_id, token in leased:
        try:
            rescore(job_id, token, clock())
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("a job could not be ranked", extra={"job_id": job_id})
    return len(leased)


def rescore(job_id: int, token: str, now: datetime) -> None:
    """Rank one leased job and store its snapshot; nothing happens when the lease was lost.

    Causes that come in before the row is given back are counted in `asked` and find it due again.
    """
    asked, facts = _read(job_id)
    placed = rank(facts)
    snapshot, rows = _snapshot(job_id, facts, placed, now), _rows(placed)
    lock(db.session.get_one(Job, job_id))  # only now, so that nobody waits while we reckon
    row = holds(Rescore, job_id, token)
    if row is None:
        return
    if _is_news(snapshot):
        _store(snapshot, rows)
    row.ranked_at = now
    release(row, now + PAUSE if row.asked != asked else None)


def _read(job_id: int) -> tuple[int | None, RankFacts]:
    """How many causes there were, then the facts (at least as new), in a transaction that holds no writer up."""
    with reading():
        asked = db.session.scalar(select(Rescore.asked).where(Rescore.job_id == job_id))
        facts = rank_facts(db.session.get_one(Job, job_id))
        db.session.rollback()
    return asked, facts


def _snapshot(job_id: int, facts: RankFacts, placed: list[Placed], now: datetime) -> RankSnapshot:
    return RankSnapshot(
        job_id=job_id,
        created_at=now,
        weights=CURRENT.version,
        facts=facts.model_dump(mode="json"),
        order=as_json(placed)["order"],
        best=_best(facts, placed),
    )


def _rows(placed: list[Placed]) -> list[dict[str, Any]]:
    return [
        {
            "id": int(one.score.bid_id),
            "rank": one.rank,
            "score": one.score.total,
            "provisional": one.score.provisional,
            "terms": store(one.score),
            **{f"{group}_points": points for group, points in group_points(one.score.terms).items()},
        }
        for one in placed
    ]


def _is_news(snapshot: RankSnapshot) -> bool:
    """Whether the facts or the weights differ from last time; the same would give the same."""
    newest = db.session.execute(
        select(RankSnapshot.facts, RankSnapshot.weights)
        .where(RankSnapshot.job_id == snapshot.job_id)
        .order_by(RankSnapshot.id.desc())
        .limit(1)
    ).first()
    return newest is None or (newest.facts, newest.weights) != (snapshot.facts, snapshot.weights)


def _store(snapshot: RankSnapshot, rows: list[dict[str, Any]]) -> None:
    """Keep the rank as a snapshot and on the bids; bids that hold no place any more lose theirs."""
    without_place = (Bid.job_id == snapshot.job_id) & Bid.rank.is_not(None) & Bid.state.not_in(RANKED)
    db.session.execute(update(Bid).where(without_place).values(rank=None).execution_options(synchronize_session=False))
    db.session.add(snapshot)
    if rows:
        db.session.execute(update(Bid), rows)


def _best(facts: RankFacts, placed: list[Placed]) -> dict[str, Any]:
    """What the cards compare with: the most points in each column, and the two best counts of requirements met."""
    by_column: dict[str, int] = {}
    for one in placed:
        for column in columns(one.score.terms):
            by_column[column.heading] = max(column.points, by_column.get(column.heading, column.points))
    met = sorted(
        (bid.prototype.met for bid in facts.bids if bid.prototype and bid.prototype.state in WORKING), reverse=True
    )
    return {"columns": by_column, "met": met[:2]}
