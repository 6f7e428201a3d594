"""Reading checks: the newest one, the history, the uptime."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer

from marketplace.core.database import db
from marketplace.prototypes.models import Prototype, PrototypeRevision, StoredCheck
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.states import PrototypeState


def latest_check(prototype_id: int) -> CheckRecord | None:
    """The newest check record of the link's present URL, or None before the first."""
    newest = (
        select(StoredCheck.record)
        .join(Prototype, (Prototype.id == StoredCheck.prototype_id) & (Prototype.revision == StoredCheck.revision))
        .where(StoredCheck.prototype_id == prototype_id)
        .order_by(StoredCheck.finished_at.desc(), StoredCheck.id.desc())
        .limit(1)
    )
    stored = db.session.scalar(newest)
    return CheckRecord.from_dict(stored) if stored else None


def checks_of(prototype_id: int, limit: int = 50) -> Sequence[StoredCheck]:
    """The newest checks without their whole records, newest first."""
    return db.session.scalars(
        select(StoredCheck)
        .where(StoredCheck.prototype_id == prototype_id)
        .options(defer(StoredCheck.record))
        .order_by(StoredCheck.finished_at.desc(), StoredCheck.id.desc())
        .limit(limit)
    ).all()


def revisions_of(prototype_id: int) -> Sequence[PrototypeRevision]:
    """Every URL that the prototype had, newest first."""
    mine = select(PrototypeRevision).where(PrototypeRevision.prototype_id == prototype_id)
    return db.session.scalars(mine.order_by(PrototypeRevision.revision.desc())).all()


def uptime(checks: Sequence[StoredCheck], since: datetime) -> float | None:
    """Share of the checks since then that found the link live; those that could not tell are left out, None if all."""
    told = [check.state for check in checks if check.finished_at >= since and check.state != PrototypeState.UNKNOWN]
    return sum(state == PrototypeState.LIVE for state in told) / len(told) if told else None
