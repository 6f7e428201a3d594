"""Stores quick checks: once each, fenced by claim and cause; plans the next check and signals changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from marketplace.checker.record import CheckRecord
from marketplace.checker.states import CheckState
from marketplace.core.claims import lock_claimed_columns, table_of
from marketplace.core.database import JsonText, db
from marketplace.core.events import prototypes_checked
from marketplace.prototypes.cadence import next_check
from marketplace.prototypes.full_check_scheduling import schedule_full_checks
from marketplace.prototypes.models import Prototype, StoredCheck
from marketplace.prototypes.states import PrototypeState, note_state

OWN_FAULT = "Our checker failed on this link. That is our fault, not yours; we’ll look again."


@dataclass(slots=True)
class LinkState:
    """The prototype columns that a verdict reads and writes; plain values, since many are stored at once."""

    id: int
    revision: int
    cause: str
    state: PrototypeState
    summary: str
    met: int | None
    measured: int | None
    response_ms: int | None
    failures: int
    failing_since: datetime | None
    unknowns: int
    checked_at: datetime | None
    begun_at: datetime | None
    submitted_at: datetime
    watched: bool
    examined_at: datetime | None
    due_at: datetime | None


_KEPT = {"id", "revision", "begun_at", "submitted_at", "watched", "examined_at"}
_FIELDS = [field.name for field in fields(LinkState)]
_CHANGED = [name for name in _FIELDS if name not in _KEPT]
_PROTOTYPES, _CHECKS = table_of(Prototype), table_of(StoredCheck)
_STORE = (
    update(_PROTOTYPES)
    .where(_PROTOTYPES.c.id == bindparam("key"))
    .values(leased_until=None, lease_token=None, **{name: bindparam(name) for name in _CHANGED})
)


def record_checks(records: Mapping[int, CheckRecord], tokens: Mapping[int, str], now: datetime) -> int:
    """Store records (prototype id -> record) whose claim is still ours; returns how many were stored.

    A link that changed meanwhile has another cause, and its outdated check is dropped.
    """
    current = [one for one in _hold({key: tokens[key] for key in records}) if one.cause == records[one.id].cause]
    if not current:
        return 0
    before = _told_before(current)
    db.session.execute(
        insert(_CHECKS), [row_of(one, records[one.id], now, cause=one.cause, begun_at=one.begun_at) for one in current]
    )
    for prototype in current:
        _take_over(prototype, records[prototype.id], now)
        _plan_next(prototype, now, records[prototype.id].retry_after)
    _let_go(current)
    schedule_full_checks(current, records, now)
    prototypes_checked.send(current, before=before)
    return len(current)


def record_own_fault(prototype_id: int, token: str, now: datetime) -> None:
    """Mark a link unknown whose check we could not run or store; there is no record and no failure."""
    for prototype in _hold({prototype_id: token}):
        prototype.state, prototype.summary, prototype.checked_at = PrototypeState.UNKNOWN, OWN_FAULT, now
        prototype.unknowns += 1
        _plan_next(prototype, now)
        _let_go([prototype])


def _hold(tokens: Mapping[int, str]) -> list[LinkState]:
    return [LinkState(*row) for row in lock_claimed_columns(Prototype, tokens, _FIELDS)]


def _let_go(prototypes: Sequence[LinkState]) -> None:
    """Write their new states and end their claims."""
    db.session.execute(
        _STORE, [{"key": one.id} | {name: getattr(one, name) for name in _CHANGED} for one in prototypes]
    )


def _told_before(prototypes: Sequence[LinkState]) -> dict[int, CheckState]:
    """Prototype id -> the newest known state of this revision, so that listeners see changes."""
    checked = [one.id for one in prototypes if one.checked_at]
    if not checked:
        return {}
    newest = (
        select(func.max(StoredCheck.id))
        .join(Prototype, (Prototype.id == StoredCheck.prototype_id) & (Prototype.revision == StoredCheck.revision))
        .where(Prototype.id.in_(checked), StoredCheck.is_full.is_(False))
        .where(StoredCheck.state != CheckState.UNKNOWN)
        .group_by(StoredCheck.prototype_id)
    )
    told = select(StoredCheck.prototype_id, StoredCheck.state).where(StoredCheck.id.in_(newest))
    return {row.prototype_id: row.state for row in db.session.execute(told)}


def row_of(
    prototype: Prototype | LinkState,
    record: CheckRecord,
    now: datetime,
    *,
    cause: str,
    begun_at: datetime | None = None,
) -> dict[str, object]:
    """A check record as a row of its table."""
    return {
        "prototype_id": prototype.id,
        "revision": prototype.revision,
        "cause": cause,
        "begun_at": begun_at,
        "finished_at": now,
        "state": record.state,
        "reason": record.reason,
        "is_full": record.is_full,
        "record": JsonText(record.to_json()),
    }


def _take_over(prototype: LinkState, record: CheckRecord, now: datetime) -> None:
    note_state(prototype, PrototypeState(record.state), now)
    prototype.summary = record.sentence[:300]
    if record.state == CheckState.LIVE:
        if prototype.examined_at is None:  # a full check's findings outweigh a quick check's
            prototype.met, prototype.measured = record.met, record.measured
        prototype.response_ms = round(record.total_ms)


def _plan_next(prototype: LinkState, now: datetime, retry_after: int | None = None) -> None:
    due_at = next_check(
        prototype.state,
        now,
        submitted_at=prototype.submitted_at,
        failures=prototype.failures,
        unknowns=prototype.unknowns,
        retry_after=retry_after,
    )
    prototype.cause = f"recheck:{due_at:%Y%m%dT%H%M%S%f}"
    prototype.due_at = due_at if prototype.watched else None
