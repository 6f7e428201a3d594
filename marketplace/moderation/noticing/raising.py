"""Raise each flag once, and record how far the rules have read; nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from marketplace.core.database import db
from marketplace.moderation.models import Flag, FlagBid, Watermark


@dataclass(frozen=True, slots=True)
class Notice:
    """A flag to raise; `key` identifies what it is about."""

    rule: str
    key: str
    sentence: str
    job_id: int | None = None
    person_id: int | None = None
    other_id: int | None = None
    bid_ids: tuple[int, ...] = ()
    text: str = ""


def raise_flags(notices: Iterable[Notice], now: datetime) -> int:
    """Raise flags whose keys are new, never a known one again, however it was decided; return how many are new."""
    by_key = {notice.key: notice for notice in notices}
    known = set(db.session.scalars(select(Flag.key).where(Flag.key.in_(by_key))))
    return sum(_raise(notice, now) for key, notice in by_key.items() if key not in known)


def _raise(notice: Notice, now: datetime) -> bool:
    insert_flag = (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(Flag)
    once = insert_flag.values(
        rule=notice.rule, key=notice.key, sentence=notice.sentence[:300], text=notice.text, job_id=notice.job_id,
        person_id=notice.person_id, other_id=notice.other_id, found_at=now, reason="",
    ).on_conflict_do_nothing(index_elements=[Flag.key])  # fmt: skip
    flag_id = db.session.scalar(once.returning(Flag.id))
    if flag_id is None:
        return False
    _keep_evidence(flag_id, notice.bid_ids)
    return True


def grow(flag: Flag, sentence: str, bid_ids: Collection[int]) -> None:
    """Extend a waiting flag: more evidence, and a sentence with the new figures."""
    kept = db.session.scalars(select(FlagBid.bid_id).where(FlagBid.flag_id == flag.id))
    if fresh := set(bid_ids).difference(kept):
        _keep_evidence(flag.id, fresh)
        flag.sentence = sentence


def _keep_evidence(flag_id: int, bid_ids: Collection[int]) -> None:
    if evidence := [{"flag_id": flag_id, "bid_id": bid_id} for bid_id in sorted(set(bid_ids))]:
        db.session.execute(insert(FlagBid), evidence)


def position(name: str) -> int:
    """How far a rule has read; 0 at first."""
    return db.session.scalar(select(Watermark.position).where(Watermark.name == name)) or 0


def move_on(name: str, to: int) -> None:
    """Record how far it has read now."""
    rows = (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(Watermark)
    db.session.execute(
        rows.values(name=name, position=to).on_conflict_do_update(
            index_elements=[Watermark.name], set_={"position": to}
        )
    )
