"""Ranks a job's bids again when something changed: asked for in the transaction of the cause, done by a worker."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Executable, bindparam, case, event, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.bids.gathering import rank_facts
from marketplace.bids.models import Bid, RankSnapshot, Rescore
from marketplace.bids.states import RANKED
from marketplace.bids.weights import weights_in_use
from marketplace.core import doorbell
from marketplace.core.database import UtcDateTime, db, reading
from marketplace.core.leases import holds, lease, release
from marketplace.jobs.models import Job
from marketplace.jobs.services.editing import lock
from marketplace.jobs.states import DECIDABLE
from marketplace.ranking.explain import column_points, store
from marketplace.ranking.facts import RankFacts
from marketplace.ranking.order import Placed, as_json, rank
from marketplace.ranking.own import GROUPS, group_points
from marketplace.ranking.score import WORKING
from marketplace.ranking.weights import Weights

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


def ask_after_record(freelancer_ids: Sequence[int], now: datetime) -> None:
    """The same for the undecided jobs on which these people bid: their record has changed."""
    undecided = (
        select(Bid.job_id)
        .join(Job, Job.id == Bid.job_id)
        .where(Bid.freelancer_id.in_(freelancer_ids), Bid.state.in_(RANKED), Job.state.in_(DECIDABLE))
    )
    for job_id in db.session.scalars(undecided):
        ask_for_rescore(job_id, now)


def ask_for_all(now: datetime, *, only_undecided: bool) -> int:
    """Have every job with bids ranked again, or each whose client has not decided yet; gives how many there are."""
    jobs = select(Job.id, literal(1), literal(now, UtcDateTime()))
    jobs = jobs.where(select(Bid.id).where(Bid.job_id == Job.id, Bid.state.in_(RANKED)).exists())
    if only_undecided:
        jobs = jobs.where(Job.state.in_(DECIDABLE))
    made = _insert(db.session()).from_select(["job_id", "asked", "due_at"], jobs)
    due_at = case((Rescore.due_at < made.excluded.due_at, Rescore.due_at), else_=made.excluded.due_at)
    changed: CursorResult[Any] = db.session.execute(  # pyright: ignore[reportAssignmentType]
        made.on_conflict_do_update(index_elements=[Rescore.job_id], set_={"asked": Rescore.asked + 1, "due_at": due_at})
    )
    doorbell.ring(doorbell.RESCORE_JOBS)
    return changed.rowcount


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


def _insert(session: Session) -> Any:
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Rescore)


def _upsert(session: Session, job_id: int, now: datetime) -> Executable:
    due_at = case(
        (Rescore.due_at.is_not(None), Rescore.due_at),
        (Rescore.ranked_at > now - PAUSE, literal(now + PAUSE, UtcDateTime())),
        else_=literal(now, UtcDateTime()),
    )
    return (
        _insert(session)
        .values(job_id=job_id, asked=1, due_at=now)
        .on_conflict_do_update(index_elements=[Rescore.job_id], set_={"asked": Rescore.asked + 1, "due_at": due_at})
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
    ask = _read(job_id, now)
    placed = rank(ask.facts, ask.weights) if ask.is_news else []
    rows = [_row(one, ask.weights.version) for one in placed]
    lock(db.session.get_one(Job, job_id))  # only now, so that nobody waits while we reckon
    row = holds(Rescore, job_id, token)
    if row is None:
        return
    if ask.is_news:
        _store(job_id, ask, placed, now)
        _store_on_bids(job_id, rows)
    row.ranked_at = now
    release(row, now + PAUSE if row.asked != ask.asked else None)


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a rank is made of, read in one go."""

    asked: int | None
    """How many causes there were when the facts were read, which are at least as new."""
    facts: RankFacts
    weights: Weights
    digest: str
    """Of facts and weights: the same gives the same rank."""
    is_news: bool
    """Whether the newest snapshot has another digest."""


def _read(job_id: int, now: datetime) -> _Ask:
    """In a transaction that holds no writer up."""
    with reading():
        asked = db.session.scalar(select(Rescore.asked).where(Rescore.job_id == job_id))
        facts, weights = rank_facts(db.session.get_one(Job, job_id), now), weights_in_use()
        digest = hashlib.sha256(f"{weights.version}\n{facts.model_dump_json()}".encode()).hexdigest()
        of_job = select(RankSnapshot.digest).where(RankSnapshot.job_id == job_id)
        newest = db.session.scalar(of_job.order_by(RankSnapshot.id.desc()).limit(1))
        db.session.rollback()
    return _Ask(asked, facts, weights, digest, newest != digest)


def _row(one: Placed, weights: str) -> dict[str, Any]:
    terms, score = store(one.score, weights), one.score
    return {
        "key": int(score.bid_id),
        "place": one.rank,
        "total": score.total,
        "open": score.provisional,
        "terms": terms,
        **{f"of_{group}": points for group, points in group_points(score.terms).items()},
    }


def _store(job_id: int, ask: _Ask, placed: list[Placed], now: datetime) -> None:
    """Keep the rank as a snapshot."""
    db.session.execute(
        insert(_SNAPSHOTS).values(
            job_id=job_id,
            created_at=now,
            weights=ask.weights.version,
            digest=ask.digest,
            facts=ask.facts,
            order=as_json(placed, ask.weights)["order"],
            best=_best(ask.facts, placed),
        )
    )


def _store_on_bids(job_id: int, rows: list[dict[str, Any]]) -> None:
    """The newest rank on the bids; those that hold no place any more lose theirs."""
    without_place = (Bid.job_id == job_id) & Bid.rank.is_not(None) & Bid.state.not_in(RANKED)
    db.session.execute(update(Bid).where(without_place).values(rank=None).execution_options(synchronize_session=False))
    if rows:
        db.session.connection().execute(_RANK_OF_BID, rows)
        db.session.expire_all()


_BIDS: Any = Bid.__table__
_SNAPSHOTS: Any = RankSnapshot.__table__
_RANK_OF_BID = (
    update(_BIDS)
    .where(_BIDS.c.id == bindparam("key"))
    .values(rank=bindparam("place"), score=bindparam("total"), provisional=bindparam("open"), terms=bindparam("terms"))
    .values({f"{group}_points": bindparam(f"of_{group}") for group in GROUPS})
)


def _best(facts: RankFacts, placed: list[Placed]) -> dict[str, Any]:
    """What the cards compare with: the most points in each column, and the two best counts of requirements met."""
    by_column: dict[str, int] = {}
    for one in placed:
        for heading, points in column_points(one.score.terms).items():
            by_column[heading] = max(points, by_column.get(heading, points))
    met = sorted(
        (bid.prototype.met for bid in facts.bids if bid.prototype and bid.prototype.state in WORKING), reverse=True
    )
    return {"columns": by_column, "met": met[:2]}
