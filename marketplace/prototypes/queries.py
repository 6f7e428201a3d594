"""Queries over stored checks: the newest records, uptime history and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from marketplace.checker.audits.audit import Audit
from marketplace.checker.audits.original import as_it_stands
from marketplace.checker.record import CheckRecord
from marketplace.checker.requirements import Finding
from marketplace.checker.states import CheckState
from marketplace.core.database import db
from marketplace.prototypes.history import CheckPoint, UptimeHistory, history_of
from marketplace.prototypes.models import FullCheckSchedule, Prototype, PrototypeEvent, StoredCheck

_OF_PRESENT_URL = (Prototype.id == StoredCheck.prototype_id) & (Prototype.revision == StoredCheck.revision)
LOOKS = 300
"""Checks on a timeline: at the cadence's pace, more than half a year."""


@dataclass(frozen=True, slots=True)
class LinkEvidence:
    """The evidence on a link's present URL: newest checks, whether one is under way, uptime and events."""

    check: CheckRecord | None = None
    full: CheckRecord | None = None
    is_examining: bool = False
    history: UptimeHistory = field(default_factory=UptimeHistory)
    events: Sequence[PrototypeEvent] = ()
    """Newest first."""

    @property
    def findings(self) -> Sequence[Finding]:
        """Findings per requirement; a full check's outweigh a quick check's."""
        newest = self.full or self.check
        return newest.requirements if newest else ()

    @property
    def audits(self) -> Sequence[Audit]:
        """All audits but the hints."""
        return [audit for audit in self.full.audits if audit.name != "hints"] if self.full else ()

    def finding(self, requirement_id: str) -> Finding | None:
        """What trying one requirement showed."""
        return next((one for one in self.findings if one.id == requirement_id), None)

    def audit(self, name: str) -> Audit | None:
        """What one auditor said."""
        return self.full.audit(name) if self.full else None


def evidence_of(prototype: Prototype | None, now: datetime) -> LinkEvidence:
    """A prototype's evidence; empty without one."""
    return evidence_of_all([prototype.id], now)[prototype.id] if prototype else LinkEvidence()


def evidence_of_all(prototype_ids: Sequence[int], now: datetime) -> dict[int, LinkEvidence]:
    """Prototype id -> its evidence, in four queries for all."""
    newest, looks, events = _newest_records(prototype_ids), _looks_at(prototype_ids), events_of(prototype_ids)
    due = select(FullCheckSchedule.prototype_id).where(FullCheckSchedule.prototype_id.in_(prototype_ids))
    examining = set(db.session.scalars(due.where(FullCheckSchedule.due_at.is_not(None))))
    return {
        key: LinkEvidence(
            check=newest.get((key, False)),
            full=newest.get((key, True)),
            is_examining=key in examining,
            history=history_of(looks.get(key, []), now),
            events=events.get(key, []),
        )
        for key in prototype_ids
    }


def _newest_records(prototype_ids: Sequence[int]) -> dict[tuple[int, bool], CheckRecord]:
    """(prototype id, whether full) -> the newest such record of its present URL, near-copies as they stand now."""
    newest = (
        select(func.max(StoredCheck.id))
        .join(Prototype, _OF_PRESENT_URL)
        .where(StoredCheck.prototype_id.in_(prototype_ids))
        .group_by(StoredCheck.prototype_id, StoredCheck.is_full)
    )
    rows = (
        select(StoredCheck.prototype_id, StoredCheck.is_full, StoredCheck.record, Prototype.review)
        .join(Prototype, Prototype.id == StoredCheck.prototype_id)
        .where(StoredCheck.id.in_(newest))
    )
    return {(key, is_full): _standing(record, review) for key, is_full, record, review in db.session.execute(rows)}


def _standing(stored: dict[str, Any], review: str) -> CheckRecord:
    record = CheckRecord.from_dict(stored)
    return replace(record, audits=tuple(as_it_stands(audit, review) for audit in record.audits))


def _looks_at(prototype_ids: Sequence[int]) -> dict[int, list[CheckPoint]]:
    """Prototype id -> the last LOOKS quick checks of its present URL, oldest first."""
    place = func.row_number().over(
        partition_by=StoredCheck.prototype_id, order_by=(StoredCheck.finished_at.desc(), StoredCheck.id.desc())
    )
    quick = (
        select(StoredCheck.prototype_id, StoredCheck.finished_at, StoredCheck.state, place.label("place"))
        .join(Prototype, _OF_PRESENT_URL)
        .where(StoredCheck.prototype_id.in_(prototype_ids), StoredCheck.is_full.is_(False))
        .subquery()
    )
    found: dict[int, list[CheckPoint]] = {}
    for key, at, state, _ in db.session.execute(
        select(quick).where(quick.c.place <= LOOKS).order_by(quick.c.place.desc())
    ):
        found.setdefault(key, []).append(CheckPoint(at, state))
    return found


def events_of(prototype_ids: Sequence[int], limit: int = 50) -> dict[int, list[PrototypeEvent]]:
    """Prototype id -> its events, newest first; `limit` each on average."""
    mine = select(PrototypeEvent).where(PrototypeEvent.prototype_id.in_(prototype_ids))
    newest = mine.order_by(PrototypeEvent.at.desc(), PrototypeEvent.id.desc()).limit(limit * len(prototype_ids))
    found: dict[int, list[PrototypeEvent]] = {}
    for event in db.session.scalars(newest):
        found.setdefault(event.prototype_id, []).append(event)
    return found


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
            StoredCheck.state == CheckState.LIVE,
        )
    )


def receipt_facts(prototype: Prototype) -> dict[str, Any] | None:
    """What a receipt states of the link's present URL: since when, and until when, checks found the newest page."""
    mine = (
        StoredCheck.prototype_id == prototype.id,
        StoredCheck.revision == prototype.revision,
        StoredCheck.state == CheckState.LIVE,
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
