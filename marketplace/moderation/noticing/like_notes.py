"""Find bursts among the newest cover notes, and flag each once, however often it is found again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from marketplace.bids.models import Bid
from marketplace.bids.states import LIVE
from marketplace.core.database import db
from marketplace.moderation.models import Flag, FlagBid
from marketplace.moderation.noticing.notes import WITHIN, Burst, Note, bursts
from marketplace.moderation.noticing.raising import Notice, grow, move_on, position, raise_flags

RULE = "note_burst"
MAX_NOTES = 5_000
LOOK_BACK = timedelta(hours=6)
"""How far back notes are read at most, after a long pause."""


def notice_notes(now: datetime) -> int:
    """Flag bursts among notes placed since an hour before the last run; return how many flags are new.

    A continuing burst extends its flag while that waits; once decided, only later notes count.
    """
    looked = datetime.fromtimestamp(position("notes"), UTC)
    found = bursts(_notes(max(min(now, looked) - WITHIN, now - LOOK_BACK)))
    fresh = [part for burst in found for part in _not_yet_told(burst)]
    move_on("notes", int(now.timestamp()))
    return raise_flags(map(_notice, fresh), now)


def _notes(since: datetime) -> Iterable[Note]:
    rows = db.session.execute(
        select(Bid.id, Bid.freelancer_id, Bid.job_id, Bid.submitted_at, Bid.note)
        .where(Bid.submitted_at >= since, Bid.state.in_(LIVE))
        .order_by(Bid.submitted_at.desc(), Bid.id.desc())
        .limit(MAX_NOTES)
    )
    return [Note(bid_id, person_id, job_id, at, text) for bid_id, person_id, job_id, at, text in rows if at and text]


def _not_yet_told(burst: Burst) -> Sequence[Burst]:
    """The part of the burst to flag; a waiting flag of it is extended instead."""
    ids = [note.bid_id for note in burst.notes]
    about = select(Flag).join(FlagBid, FlagBid.flag_id == Flag.id).where(Flag.rule == RULE, FlagBid.bid_id.in_(ids))
    flag = db.session.scalars(about.order_by(Flag.id.desc()).limit(1)).first()
    if flag is None:
        return [burst]
    if flag.is_waiting:
        grow(flag, _sentence(burst), ids)
        return []
    decided = flag.decided_at
    return bursts(note for note in burst.notes if decided is None or note.at > decided)


def _notice(burst: Burst) -> Notice:
    first = burst.notes[0]
    ids = tuple(note.bid_id for note in burst.notes)
    return Notice(RULE, f"{RULE}:{first.bid_id}", _sentence(burst), person_id=first.person_id, bid_ids=ids)


def _sentence(burst: Burst) -> str:
    accounts = "one account" if burst.people == 1 else f"{burst.people} accounts"
    jobs = "one job" if burst.jobs == 1 else f"{burst.jobs} jobs"
    return f"{len(burst.notes)} near-identical cover notes within an hour, from {accounts}, on {jobs}."
