"""Reading checks: the newest one, the history, the uptime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from marketplace.core.database import db
from marketplace.prototypes.audits.audit import Audit
from marketplace.prototypes.models import BrowserTurn, Prototype, PrototypeRevision, StoredCheck
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.requirements import Finding
from marketplace.prototypes.states import PrototypeState


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a link's present URL: the newest check, the newest full one, and whether one is under way."""

    check: CheckRecord | None = None
    full: CheckRecord | None = None
    is_examining: bool = False

    @property
    def findings(self) -> Sequence[Finding]:
        """Requirement by requirement; what a browser saw tells more than the markup does."""
        newest = self.full or self.check
        return newest.requirements if newest else ()

    @property
    def audits(self) -> Sequence[Audit]:
        """What the auditors said, without the hints for free-text lines."""
        return [audit for audit in self.full.audits if audit.name != "hints"] if self.full else ()


def evidence_of(prototype: Prototype | None) -> Evidence:
    """All of it, in three queries; empty without a link."""
    if prototype is None:
        return Evidence()
    due = select(BrowserTurn.due_at).where(BrowserTurn.prototype_id == prototype.id)
    return Evidence(
        check=latest_check(prototype.id),
        full=latest_full_check(prototype),
        is_examining=db.session.scalar(due) is not None,
    )


def latest_check(prototype_id: int) -> CheckRecord | None:
    """The newest quick check's record of the link's present URL, or None before the first."""
    newest = (
        select(StoredCheck.record)
        .join(Prototype, (Prototype.id == StoredCheck.prototype_id) & (Prototype.revision == StoredCheck.revision))
        .where(StoredCheck.prototype_id == prototype_id, StoredCheck.is_full.is_(False))
        .order_by(StoredCheck.finished_at.desc(), StoredCheck.id.desc())
        .limit(1)
    )
    return _read(db.session.scalar(newest))


def latest_full_check(prototype: Prototype) -> CheckRecord | None:
    """The newest full check's record of the link's present URL, or None before the first."""
    newest = (
        select(StoredCheck.record)
        .where(
            StoredCheck.prototype_id == prototype.id,
            StoredCheck.revision == prototype.revision,
            StoredCheck.is_full.is_(True),
        )
        .order_by(StoredCheck.id.desc())
        .limit(1)
    )
    return _read(db.session.scalar(newest))


def full_check_of(prototype_id: int, revision: int) -> StoredCheck | None:
    """The newest full check of one of the URLs that a prototype had, as stored; None before the first."""
    newest = (
        select(StoredCheck)
        .where(
            StoredCheck.prototype_id == prototype_id,
            StoredCheck.revision == revision,
            StoredCheck.is_full.is_(True),
        )
        .order_by(StoredCheck.id.desc())
        .limit(1)
    )
    return db.session.scalar(newest)


def first_live_at(prototype: Prototype) -> datetime | None:
    """When a check first found the link's present URL live; None before that."""
    return db.session.scalar(
        select(func.min(StoredCheck.finished_at)).where(
            StoredCheck.prototype_id == prototype.id,
            StoredCheck.revision == prototype.revision,
            StoredCheck.state == PrototypeState.LIVE,
        )
    )


def audits_of(prototype_ids: Sequence[int]) -> dict[int, dict[str, Audit]]:
    """Prototype id -> auditor -> what it said in the newest full check of the present URL; one query for all."""
    newest = (
        select(func.max(StoredCheck.id))
        .join(Prototype, (Prototype.id == StoredCheck.prototype_id) & (Prototype.revision == StoredCheck.revision))
        .where(StoredCheck.prototype_id.in_(prototype_ids), StoredCheck.is_full.is_(True))
        .group_by(StoredCheck.prototype_id)
    )
    rows = db.session.execute(select(StoredCheck.prototype_id, StoredCheck.record).where(StoredCheck.id.in_(newest)))
    return {key: {audit.name: audit for audit in CheckRecord.from_dict(record).audits} for key, record in rows}


def receipt_facts(prototype: Prototype) -> dict[str, Any] | None:
    """What a receipt states of the link's present URL: since when, and until when, checks found the newest page."""
    mine = (
        StoredCheck.prototype_id == prototype.id,
        StoredCheck.revision == prototype.revision,
        StoredCheck.state == PrototypeState.LIVE,
    )
    sha256 = StoredCheck.record["sha256"].as_string()
    newest = db.session.scalar(select(sha256).where(*mine).order_by(StoredCheck.id.desc()).limit(1))
    if not newest:
        return None
    seen = select(func.min(StoredCheck.finished_at), func.max(StoredCheck.finished_at)).where(*mine, sha256 == newest)
    first, last = db.session.execute(seen).one()
    return {
        "url": prototype.url,
        "revision": prototype.revision,
        "submitted_at": prototype.submitted_at,
        "sha256": newest,
        "first_seen_at": first,
        "last_seen_at": last,
    }


def _read(stored: dict[str, Any] | None) -> CheckRecord | None:
    return CheckRecord.from_dict(stored) if stored else None


def checks_of(prototype_id: int, limit: int = 50) -> Sequence[StoredCheck]:
    """The newest quick checks without their whole records, newest first."""
    return db.session.scalars(
        select(StoredCheck)
        .where(StoredCheck.prototype_id == prototype_id, StoredCheck.is_full.is_(False))
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
