"""Links under watch: submitting, changing and asking for checks, and what a worker does with those that are due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.core.events import prototype_checked
from marketplace.core.leases import holds, lease, release
from marketplace.prototypes.cadence import next_check
from marketplace.prototypes.engine import Ask, Setup, check_links, run
from marketplace.prototypes.models import Prototype, PrototypeRevision, StoredCheck
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.requirements import Requirement
from marketplace.prototypes.states import PrototypeState

BATCH = 128
LINK_SECONDS = 20
"""Deadline of one link with all its pages."""
LEASE_SECONDS = 25
"""A little more, to store what was found; a killed worker's links wait this long for the next one."""
STORE_EVERY_SECONDS = 0.2
ASK_AGAIN_AFTER = timedelta(minutes=1)


def submit_link(url: str, requirements: list[dict[str, Any]], now: datetime) -> Prototype:
    """Put a link under watch at revision 1; its first check is due now. `requirements`: [{"id", "kind", "value"}]."""
    prototype = Prototype(url=url, requirements=requirements, due_at=now, submitted_at=now)
    db.session.add(prototype)
    db.session.flush()
    db.session.add(PrototypeRevision(prototype_id=prototype.id, revision=1, url=url, submitted_at=now))
    doorbell.ring(doorbell.CHECK_PROTOTYPES)
    return prototype


def change_link(prototype: Prototype, url: str, requirements: list[dict[str, Any]], now: datetime) -> None:
    """A new URL is a new revision, checked from the start; new requirements alone are tried at once.

    A check of the old revision that is still under way loses its lease and is not stored.
    """
    if url == prototype.url and requirements == prototype.requirements:
        return
    if url != prototype.url:
        prototype.url, prototype.submitted_at = url, now
        prototype.revision += 1
        prototype.failures, prototype.failing_since, prototype.unknowns = 0, None, 0
        prototype.met = prototype.measured = prototype.response_ms = None
        prototype.summary, prototype.checked_at = "", None
        db.session.add(
            PrototypeRevision(prototype_id=prototype.id, revision=prototype.revision, url=url, submitted_at=now)
        )
    prototype.requirements, prototype.watched = requirements, True
    _make_due(prototype, f"changed:{now:%Y%m%dT%H%M%S%f}", now)


def request_check(prototype: Prototype, now: datetime) -> None:
    """A person wants to know now; raises Conflict when a check is under way or the last wish is a minute old."""
    if prototype.is_waiting:
        raise Conflict("This link is being checked already.")
    if prototype.requested_at and now - prototype.requested_at < ASK_AGAIN_AFTER:
        raise Conflict("You asked for a check less than a minute ago. Wait a moment, then try again.")
    prototype.requested_at = now
    _make_due(prototype, f"asked:{now:%Y%m%dT%H%M%S%f}", now)


def stop_watching(prototype_ids: list[int]) -> None:
    """No more rechecks by themselves; what is known stays."""
    db.session.execute(
        update(Prototype)
        .where(Prototype.id.in_(prototype_ids))
        .values(watched=False, due_at=None)
        .execution_options(synchronize_session=False)
    )


def check_due(setup: Setup, clock: Callable[[], datetime], *, seconds: float = 60) -> int:
    """Check what is due, batch after batch, until nothing is or `seconds` are over; gives how many were stored.

    Each verdict is committed soon after it is known; a link whose lease ran out meanwhile is left to its new holder.
    """
    stored, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        leased = lease(Prototype, clock(), BATCH, LEASE_SECONDS)
        for prototype in leased:
            prototype.state = PrototypeState.CHECKING
        asks = {str(one.id): (_ask(one), one.revision, one.lease_token or "") for one in leased}
        db.session.commit()
        if not asks:
            break
        stored += run(_check(asks, setup, clock))
    return stored


async def _check(asks: dict[str, tuple[Ask, int, str]], setup: Setup, clock: Callable[[], datetime]) -> int:
    """Check one leased batch side by side, storing each moment what has ended: nobody waits for the slowest."""
    ready: list[CheckRecord] = []

    async def collect() -> None:
        async for record in check_links([ask for ask, _, _ in asks.values()], setup):
            ready.append(record)  # noqa: PERF401 (one by one, so that it can be stored meanwhile)

    stored, checking = 0, asyncio.create_task(collect())
    while not checking.done():
        await asyncio.wait({checking}, timeout=STORE_EVERY_SECONDS)
        ended, ready[:] = ready[:], []
        stored += _store(ended, asks, clock())
    checking.result()
    return stored


def _store(records: list[CheckRecord], asks: dict[str, tuple[Ask, int, str]], now: datetime) -> int:
    stored = 0
    for record in sorted(records, key=lambda record: int(record.key)):  # as all do who hold several
        _, revision, token = asks[record.key]
        prototype = holds(Prototype, int(record.key), token)
        if prototype is not None and prototype.revision == revision:
            _record_check(prototype, record, now)
            stored += 1
    db.session.commit()
    return stored


def _record_check(prototype: Prototype, record: CheckRecord, now: datetime) -> None:
    """Append the record once per (prototype, revision, cause), move the state, and say when to look again."""
    seen = select(StoredCheck.id).where(
        StoredCheck.prototype_id == prototype.id,
        StoredCheck.revision == prototype.revision,
        StoredCheck.cause == prototype.cause,
    )
    if db.session.scalar(seen) is None:
        check = StoredCheck(prototype_id=prototype.id, revision=prototype.revision, cause=prototype.cause)
        check.finished_at, check.state, check.reason = now, record.state, record.reason
        check.record = record.to_dict()
        db.session.add(check)
    before = _state_before(prototype)
    _take_over(prototype, record, now)
    due_at = next_check(
        prototype.state,
        now,
        submitted_at=prototype.submitted_at,
        failures=prototype.failures,
        unknowns=prototype.unknowns,
        retry_after=record.retry_after,
    )
    prototype.cause = f"recheck:{due_at:%Y%m%dT%H%M%S%f}"
    release(prototype, due_at if prototype.watched else None)
    prototype_checked.send(prototype, before=before)


def _take_over(prototype: Prototype, record: CheckRecord, now: datetime) -> None:
    prototype.state, prototype.summary, prototype.checked_at = record.state, record.sentence[:300], now
    if record.state == PrototypeState.UNKNOWN:  # what we could not tell changes nothing that we knew
        prototype.unknowns += 1
        return
    prototype.unknowns = 0
    if record.state == PrototypeState.BROKEN:
        prototype.failures += 1
        prototype.failing_since = prototype.failing_since or now
        return
    prototype.failures, prototype.failing_since = 0, None
    if record.state == PrototypeState.LIVE:
        prototype.met, prototype.measured = record.met, record.measured
        prototype.response_ms = round(record.total_ms)


def _state_before(prototype: Prototype) -> str | None:
    """The state of the newest earlier check of this revision, so that listeners can tell a change; None at first."""
    return db.session.scalar(
        select(StoredCheck.state)
        .where(StoredCheck.prototype_id == prototype.id, StoredCheck.revision == prototype.revision)
        .where(StoredCheck.cause != prototype.cause)
        .order_by(StoredCheck.id.desc())
        .limit(1)
    )


def _make_due(prototype: Prototype, cause: str, now: datetime) -> None:
    prototype.state, prototype.cause = PrototypeState.QUEUED, cause
    release(prototype, now)
    doorbell.ring(doorbell.CHECK_PROTOTYPES)


def _ask(prototype: Prototype) -> Ask:
    lines = tuple(Requirement(str(line["id"]), line["kind"], line["value"]) for line in prototype.requirements)
    return Ask(prototype.url, key=str(prototype.id), cause=prototype.cause, requirements=lines)
