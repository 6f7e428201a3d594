"""One run of all rules over new data: bounded, repeatable, and outside of people's requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import Testimonial
from marketplace.bids.models import RankSnapshot
from marketplace.core.database import db
from marketplace.moderation.noticing.awards import notice_awards
from marketplace.moderation.noticing.like_notes import notice_notes
from marketplace.moderation.noticing.linked import notice_linked
from marketplace.moderation.noticing.raising import Notice, move_on, position, raise_flags
from marketplace.moderation.noticing.rules import PRAISED_WITHIN, PRAISES, StoredRank, is_praise_burst, odd_moves

BATCH, BATCHES = 20, 25
"""Snapshots per batch, and batches per run; the rest waits for the next run."""
SETTLED = timedelta(minutes=1)
"""Minimum age of a snapshot to be read: ids are assigned before commits, so a lower one may still appear."""


def notice(now: datetime) -> int:
    """Run every rule once; return how many flags are new. Commits after each rule, so that a failure undoes only its
    own.
    """
    steps: list[Callable[[datetime], int]] = [notice_linked, notice_notes, notice_praise, notice_awards]
    new = 0
    for step in steps:
        new += step(now)
        db.session.commit()
    for _ in range(BATCHES):
        read, found = notice_moves(now)
        new += found
        db.session.commit()
        if read < BATCH:
            break
    return new


def notice_moves(now: datetime) -> tuple[int, int]:
    """Find odd moves in the next snapshots, each against the one before it; return (snapshots read, new flags)."""
    earlier = aliased(RankSnapshot)
    before = (
        select(func.max(earlier.id))
        .where(earlier.job_id == RankSnapshot.job_id, earlier.id < RankSnapshot.id)
        .scalar_subquery()
    )
    read = db.session.execute(
        select(RankSnapshot, before)
        .where(RankSnapshot.id > position("snapshots"), RankSnapshot.created_at <= now - SETTLED)
        .order_by(RankSnapshot.id)
        .limit(BATCH)
    ).all()
    if not read:
        return 0, 0
    wanted = [earlier_id for _, earlier_id in read if earlier_id]
    known = {one.id: one for one in db.session.scalars(select(RankSnapshot).where(RankSnapshot.id.in_(wanted)))}
    notices = [found for snapshot, earlier_id in read if earlier_id for found in _moves(known[earlier_id], snapshot)]
    move_on("snapshots", read[-1][0].id)
    new = raise_flags(notices, now)
    for snapshot in [*known.values(), *(snapshot for snapshot, _ in read)]:
        if snapshot in db.session:
            db.session.expunge(snapshot)  # ten thousand bids each; free the memory
    return len(read), new


def notice_praise(now: datetime) -> int:
    """Find people who recently got several testimonials."""
    written = Testimonial.written_at
    busy = (
        select(Testimonial.user_id)
        .where(written >= now - 2 * PRAISED_WITHIN, Testimonial.hidden_at.is_(None))
        .group_by(Testimonial.user_id)
        .having(func.count() >= PRAISES)
        .limit(200)
    )
    of_these = Testimonial.user_id.in_(busy) & written.is_not(None)
    moments: dict[int, list[datetime]] = {}
    for person_id, at in db.session.execute(select(Testimonial.user_id, written).where(of_these).order_by(written)):
        if at is not None:
            moments.setdefault(person_id, []).append(at)
    notices: list[Notice] = []
    for person_id, all_of_them in moments.items():
        recent = [at for at in all_of_them if at >= now - 2 * PRAISED_WITHIN]
        if is_praise_burst(recent, len(all_of_them)):
            words = f"{len(recent)} testimonials within two days, of {len(all_of_them)} in all."
            key = f"praise_burst:{person_id}:{recent[0]:%Y%m%d}"
            notices.append(Notice("praise_burst", key, words, person_id=person_id))
    return raise_flags(notices, now)


def _moves(before: RankSnapshot, after: RankSnapshot) -> list[Notice]:
    was = StoredRank.of(before.weights, before.facts, before.order)
    found = odd_moves(was, StoredRank.of(after.weights, after.facts, after.order))
    return [
        Notice(one.rule, f"{one.rule}:{after.id}:{one.bid_id}", one.sentence, after.job_id, bid_ids=(one.bid_id,))
        for one in found
    ]
