"""Re-rank a job's bids after changes: requested in the causing transaction, computed by a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json
from sqlalchemy import CursorResult, Executable, Row, bindparam, case, event, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.bids.gathering import rank_facts
from marketplace.bids.models import Bid, RankSnapshot, Rescore
from marketplace.bids.states import RANKED
from marketplace.bids.weights import weights_in_use, weights_named
from marketplace.core import doorbell
from marketplace.core.claims import end_claim, lock_all_claimed
from marketplace.core.database import JsonText, UtcDateTime, db, reading
from marketplace.core.garbage import rare_collections
from marketplace.core.sweeps import Claim, Clock, Groups
from marketplace.jobs.models import Job
from marketplace.jobs.queries import closed_jobs
from marketplace.jobs.services.locking import lock_jobs
from marketplace.jobs.states import DECIDABLE
from marketplace.ranking.explain import column_points, store
from marketplace.ranking.facts import BidFacts, RankFacts
from marketplace.ranking.order import Placed, place_as_json, rank
from marketplace.ranking.own import GROUPS, group_points
from marketplace.ranking.score import WORKING
from marketplace.ranking.weights import Weights

PAUSE = timedelta(seconds=1)
"""Minimum interval between two ranks of a job, so a burst of verdicts costs one or two."""
BIDS_AT_ONCE = 1_000
"""Bids ranked and stored per transaction, which blocks other writers on SQLite; exceeded only by a single larger job.
"""
_ASKED = "jobs to rescore"


def ask_for_rescore(job_id: int, now: datetime) -> None:
    """Have the job ranked after the current transaction commits, at the earliest PAUSE after its last rank."""
    db.session.info.setdefault(_ASKED, {})[job_id] = now
    doorbell.ring(doorbell.RESCORE_JOBS)


def ask_after_checks(prototype_ids: Sequence[int], now: datetime) -> None:
    """Request a rescore of undecided jobs with bids on these links."""
    undecided = (
        select(Bid.job_id)
        .join(Job, Job.id == Bid.job_id)
        .where(Bid.prototype_id.in_(prototype_ids), Bid.state.in_(RANKED), Job.state.in_(DECIDABLE))
    )
    for job_id in db.session.scalars(undecided):
        ask_for_rescore(job_id, now)


def ask_after_record(freelancer_ids: Sequence[int], now: datetime) -> None:
    """Request a rescore of undecided jobs with bids by these people, whose record changed."""
    undecided = (
        select(Bid.job_id)
        .join(Job, Job.id == Bid.job_id)
        .where(Bid.freelancer_id.in_(freelancer_ids), Bid.state.in_(RANKED), Job.state.in_(DECIDABLE))
    )
    for job_id in db.session.scalars(undecided):
        ask_for_rescore(job_id, now)


def ask_for_all(now: datetime) -> int:
    """Request a rescore of every undecided job with ranked bids; return how many.

    Decided jobs keep the rank the client saw: bidders were told of it, and weights are fitted on it.
    """
    jobs = select(Job.id, literal(1), literal(now, UtcDateTime())).where(Job.state.in_(DECIDABLE))
    jobs = jobs.where(select(Bid.id).where(Bid.job_id == Job.id, Bid.state.in_(RANKED)).exists())
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
    """Upsert one row per job, last of all writes and in id order, to avoid deadlocks."""
    if session.in_nested_transaction():
        return  # a savepoint: the real commit is still to come
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


def _batches(claims: Sequence[Claim[Rescore]]) -> Iterator[list[Claim[Rescore]]]:
    """Batch small jobs together, which is much cheaper than one by one; rank large jobs alone."""
    by_job = {claim.id: claim for claim in claims}
    sizes = db.session.execute(select(Job.id, Job.bid_count).where(Job.id.in_(by_job))).all()
    batch: list[Claim[Rescore]] = []
    bids = 0
    for job_id, count in sizes:
        if batch and bids + count > BIDS_AT_ONCE:
            yield batch
            batch, bids = [], 0
        batch.append(by_job[job_id])
        bids += count
    if batch:
        yield batch


def _rescore_claimed(claims: Sequence[Claim[Rescore]], clock: Clock) -> None:
    with rare_collections():
        rescore({claim.id: claim.token for claim in claims}, clock())


rescore_due = Groups(Rescore, _rescore_claimed, _batches, limit=20)
"""Sweep that ranks each due job; a job whose rank fails is retried when its claim expires."""


def rescore(tokens: Mapping[int, str], now: datetime) -> None:
    """Rank claimed jobs (id -> claim token) and store snapshots; skip jobs whose claim was lost.

    Requests arriving before a row is released increment `asked`, which makes it due again.
    """
    asks = _read(tokens, now)
    ranks = {job_id: _ranked(ask) for job_id, ask in asks.items() if ask.is_news}
    lock_jobs(tokens)  # lock only now, so that nobody waits during the computation
    mine = lock_all_claimed(Rescore, tokens)
    _store({row.job_id: ranks[row.job_id] for row in mine if row.job_id in ranks}, asks, now)
    for row in mine:
        row.ranked_at = now
        end_claim(row, now + PAUSE if row.asked != asks[row.job_id].asked else None)


@dataclass(frozen=True, slots=True)
class _Ask:
    """Inputs of a rank, read in one transaction."""

    asked: int | None
    """Number of requests when the facts were read; the facts are at least as new."""
    facts: RankFacts
    facts_json: str
    weights: Weights
    digest: str
    """Hash of facts and weights: equal digests give equal ranks."""
    is_news: bool
    """Whether the digest differs from the newest snapshot's."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A job's rank as rows: `order` and `best` for the snapshot, `bids` for the bids."""

    order: JsonText
    best: dict[str, Any]
    bids: list[dict[str, Any]]


def _read(job_ids: Collection[int], now: datetime) -> dict[int, _Ask]:
    """Read in a transaction that does not block writers."""
    with reading():
        rescores = select(Rescore.job_id, Rescore.asked).where(Rescore.job_id.in_(job_ids))
        asked = dict(db.session.execute(rescores).all())
        facts, newest = rank_facts(job_ids, now), _newest_ranks(job_ids)
        weights = _weights_of(facts, newest, now)
        db.session.rollback()
    digests = {job_id: one.digest for job_id, one in newest.items()}
    return {key: _ask(asked.get(key), one, weights[key], digests.get(key)) for key, one in facts.items()}


def _weights_of(
    job_ids: Collection[int], newest: Mapping[int, Row[int, str, str]], now: datetime
) -> dict[int, Weights]:
    """Map job ids to the weights in use; a job closed for bids keeps the weights of its last rank."""
    in_use = weights_in_use()
    others = {job_id: one.weights for job_id, one in newest.items() if one.weights != in_use.version}
    closed = closed_jobs(others, now)
    kept = {version: weights_named(version) for version in {others[job_id] for job_id in closed}}
    return {job_id: (job_id in closed and kept[others[job_id]]) or in_use for job_id in job_ids}


def _ask(asked: int | None, facts: RankFacts, weights: Weights, newest: str | None) -> _Ask:
    text = facts.model_dump_json()
    digest = hashlib.sha256(f"{weights.version}\n{text}".encode()).hexdigest()
    return _Ask(asked, facts, text, weights, digest, newest != digest)


def _newest_ranks(job_ids: Collection[int]) -> dict[int, Row[int, str, str]]:
    """Map job ids to digest and weights of their newest snapshot."""
    of_jobs = select(func.max(RankSnapshot.id)).where(RankSnapshot.job_id.in_(job_ids)).group_by(RankSnapshot.job_id)
    newest = select(RankSnapshot.job_id, RankSnapshot.digest, RankSnapshot.weights)
    return {row.job_id: row for row in db.session.execute(newest.where(RankSnapshot.id.in_(of_jobs)))}


def _ranked(ask: _Ask) -> _Ranked:
    placed = rank(ask.facts, ask.weights)
    order = ",".join([_json(place_as_json(one)) for one in placed])
    bids = {bid.id: bid for bid in ask.facts.bids}
    rows = [_row(one, bids[one.score.bid_id], ask.weights.version) for one in placed]
    return _Ranked(JsonText(f"[{order}]"), _best(ask.facts, placed), rows)


def _json(value: dict[str, Any]) -> JsonText:
    """Serialize each bid at once: keeping ten thousand bids' terms as objects is slow."""
    return JsonText(to_json(value).decode())


def _row(one: Placed, facts: BidFacts, weights: str) -> dict[str, Any]:
    score, link = one.score, facts.prototype
    return {
        "key": int(score.bid_id),
        "place": one.rank,
        "total": score.total,
        "open": score.provisional,
        "terms": _json(store(score, weights) | {"link": link and link.model_dump()}),
        "match": facts.match,
        **{f"of_{group}": points for group, points in group_points(score.terms).items()},
    }


def _store(ranks: Mapping[int, _Ranked], asks: Mapping[int, _Ask], now: datetime) -> None:
    """Store ranks as snapshots and on the bids; clear the rank of bids no longer ranked."""
    if not ranks:
        return
    snapshots = [
        {
            "job_id": job_id,
            "created_at": now,
            "weights": asks[job_id].weights.version,
            "digest": asks[job_id].digest,
            "facts": JsonText(asks[job_id].facts_json),
            "order": ranked.order,
            "best": ranked.best,
        }
        for job_id, ranked in ranks.items()
    ]
    db.session.execute(insert(_SNAPSHOTS), snapshots)
    without_place = Bid.job_id.in_(ranks) & Bid.rank.is_not(None) & Bid.state.not_in(RANKED)
    db.session.execute(update(Bid).where(without_place).values(rank=None).execution_options(synchronize_session=False))
    if rows := [row for ranked in ranks.values() for row in ranked.bids]:
        db.session.connection().execute(_RANK_OF_BID, rows)


_BIDS: Any = Bid.__table__
_SNAPSHOTS: Any = RankSnapshot.__table__
_RANK_OF_BID = (
    update(_BIDS)
    .where(_BIDS.c.id == bindparam("key"))
    .values(rank=bindparam("place"), score=bindparam("total"), provisional=bindparam("open"), terms=bindparam("terms"))
    .values(fit=func.coalesce(_BIDS.c.fit, bindparam("match")))
    .values({f"{group}_points": bindparam(f"of_{group}") for group in GROUPS})
)


def _best(facts: RankFacts, placed: list[Placed]) -> dict[str, Any]:
    """Best points per column and the two highest counts of requirements met, for the cards."""
    by_column: dict[str, int] = {}
    for one in placed:
        for heading, points in column_points(one.score.terms).items():
            by_column[heading] = max(points, by_column.get(heading, points))
    met = sorted(
        (bid.prototype.met for bid in facts.bids if bid.prototype and bid.prototype.state in WORKING), reverse=True
    )
    return {"columns": by_column, "met": met[:2]}
