"""Promises kept or broken, computed from events: delivery dates and go-live time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from marketplace.contracts.going_live import Delivery, Live, is_kept


@dataclass(frozen=True, slots=True)
class MilestonePromise:
    """Facts about a standing milestone."""

    due_on: date | None
    funded_at: datetime | None
    handed_in_at: datetime | None
    """First submission; later change requests do not affect it."""
    live: Live


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of an ended contract."""

    what: str
    """delivery | going live."""
    outcome: Delivery
    """KEPT, BROKEN or NOT_MEASURED."""


def promises_of(steps: Sequence[MilestonePromise], go_live_hours: int | None, ended_at: datetime) -> list[Promise]:
    """Outcomes of an ended contract's promises.

    Omits promises that could not be tested: paid for too late, or not yet due when the contract ended.
    """
    found = list(_deliveries(steps, ended_at))
    last = steps[-1] if steps else None
    if last and last.funded_at and go_live_hours is not None:
        outcome = is_kept(last.funded_at + timedelta(hours=go_live_hours), last.live, ended_at)
        if outcome is not Delivery.OPEN:
            found.append(Promise("going live", outcome))
    return found


def _deliveries(steps: Sequence[MilestonePromise], ended_at: datetime) -> Iterator[Promise]:
    for step in steps:
        if step.due_on is None or step.funded_at is None:
            continue
        due = datetime.combine(step.due_on, time(), UTC) + timedelta(days=1)
        if step.funded_at >= due:
            continue
        if step.handed_in_at is not None:
            yield Promise("delivery", Delivery.KEPT if step.handed_in_at <= due else Delivery.BROKEN)
        elif due < ended_at:
            yield Promise("delivery", Delivery.BROKEN)
