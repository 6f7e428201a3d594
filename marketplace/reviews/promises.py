"""Promises kept, computed from what happened and written by nobody: days of delivery, and the time to be live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """What counts of a milestone that stands, in the order of the contract."""

    due_on: date | None
    funded_at: datetime | None
    handed_in_at: datetime | None
    """For the first time; what the client asks to change afterwards takes nothing away."""
    live_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of a contract that has ended."""

    what: str
    """delivery | going live."""
    kept: bool


def promises_of(steps: Sequence[Step], go_live_hours: int | None, ended_at: datetime) -> list[Promise]:
    """Which promises of an ended contract were kept and which broken.

    A promise that could not be tested counts for nothing: its money came too late, or the contract ended before.
    """
    found = list(_deliveries(steps, ended_at))
    last = steps[-1] if steps else None
    if last and last.funded_at and go_live_hours is not None:
        found += _tested("going live", last.live_at, last.funded_at + timedelta(hours=go_live_hours), ended_at)
    return found


def _deliveries(steps: Sequence[Step], ended_at: datetime) -> Iterator[Promise]:
    for step in steps:
        if step.due_on is None or step.funded_at is None:
            continue
        due = datetime.combine(step.due_on, time(), UTC) + timedelta(days=1)
        if step.funded_at < due:
            yield from _tested("delivery", step.handed_in_at, due, ended_at)


def _tested(what: str, done_at: datetime | None, promised: datetime, ended_at: datetime) -> Iterator[Promise]:
    if done_at is not None:
        yield Promise(what, done_at <= promised)
    elif promised < ended_at:
        yield Promise(what, kept=False)
