"""Stores full checks: once each, fenced by their claim, with fingerprint, events and near-copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select

from marketplace.checker.examination import OWN_REASONS, Examination
from marketplace.checker.record import CheckRecord
from marketplace.checker.states import CheckState
from marketplace.core.claims import end_claim, lock_all_claimed
from marketplace.core.database import db
from marketplace.core.events import prototype_examined
from marketplace.prototypes.drift import note_events
from marketplace.prototypes.full_check_scheduling import TRY_AGAIN
from marketplace.prototypes.models import FullCheckSchedule, Prototype, StoredCheck
from marketplace.prototypes.originality.services import compare
from marketplace.prototypes.quick_check_recording import row_of


def record_full_checks(results: Mapping[int, Examination], tokens: Mapping[int, str], now: datetime) -> int:
    """Store results (prototype id -> examination) whose claim is still ours; returns how many were stored.

    A result for an old URL is dropped. A page that was not live leaves no full record, since quick checks cover that.
    An unknown result, or one that failed by our own fault, makes the full check due again.
    """
    prototypes = _locked(results)
    stored = 0
    for schedule in lock_all_claimed(FullCheckSchedule, {key: tokens[key] for key in results}):
        prototype, found = prototypes[schedule.prototype_id], results[schedule.prototype_id]
        is_late = schedule.revision != prototype.revision or found.record.url != prototype.url
        is_full, could_tell = found.record.is_full, found.record.state != CheckState.UNKNOWN
        if is_late or (could_tell and not is_full):
            end_claim(schedule, None)
        elif not is_full or schedule.failures < found.more_tries:
            _try_again(schedule, now, at_once=found.lost_pictures)
        else:
            _store(prototype, schedule, found, now)
            stored += 1
    return stored


def record_failed_full_check(prototype_id: int, token: str, now: datetime) -> None:
    """Make a full check that we could not run or store due again, with exponential back-off."""
    for schedule in lock_all_claimed(FullCheckSchedule, {prototype_id: token}):
        _try_again(schedule, now)


def _locked(results: Mapping[int, Examination]) -> dict[int, Prototype]:
    """Lock prototypes before their schedules, in the same order as quick checks do."""
    mine = select(Prototype).where(Prototype.id.in_(results)).order_by(Prototype.id)
    locked = mine.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {one.id: one for one in db.session.scalars(locked)}


def _try_again(schedule: FullCheckSchedule, now: datetime, *, at_once: bool = False) -> None:
    """Exponential back-off; at once if only disk space was lacking, since none is taken before there is space."""
    end_claim(schedule, now if at_once else TRY_AGAIN.next_due(schedule.failures, now))
    schedule.failures += 1


def _store(prototype: Prototype, schedule: FullCheckSchedule, found: Examination, now: datetime) -> None:
    record = found.record
    note_events(prototype, found, now)
    if found.fingerprint:
        record = replace(record, audits=(*record.audits, compare(prototype, found.fingerprint, now)))
    db.session.execute(
        insert(StoredCheck), [row_of(prototype, record, now, cause=schedule.cause, begun_at=schedule.begun_at)]
    )
    _take_over(prototype, record, found, now)
    schedule.sha256, schedule.failures = record.sha256 if _is_seen(record) else "", 0
    end_claim(schedule, None)
    prototype_examined.send(prototype)


def _take_over(prototype: Prototype, record: CheckRecord, found: Examination, now: datetime) -> None:
    prototype.examined_at, prototype.control = now, found.control
    prototype.met, prototype.measured = record.met, record.measured
    rendering = record.rendering
    if rendering is None or not rendering.is_measured:
        return  # keep what an earlier full check measured
    prototype.polish = found.polish
    if shot := rendering.shots.get("wide"):
        prototype.picture_key, prototype.thumbnail_key = shot.key, shot.thumbnail_key


def _is_seen(record: CheckRecord) -> bool:
    """Whether the browser saw the page; if not, the next quick check makes a full check due again."""
    return not (record.rendering and record.rendering.reason in OWN_REASONS)
