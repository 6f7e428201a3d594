"""Negotiable terms as plain values: milestones, go-live promise, amendment of the scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

MAX_MILESTONES = 10
MAX_TITLE, MAX_AMENDMENT, MAX_REASON = 120, 5_000, 2_000
"""Maximum lengths in characters."""
MAX_HOURS = 2_000
LONGEST_AHEAD = timedelta(days=5 * 365 + 1)
"""Latest due date of a milestone, counted from today."""


@dataclass(frozen=True, slots=True)
class Days:
    """The operator's contract terms, in days."""

    offer: int = 14
    auto_release: int = 7
    warranty: int = 30


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """An unfunded milestone; `amount` in minor units of the contract's currency."""

    title: str
    amount: int
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that can be renegotiated; funded milestones cannot."""

    steps: tuple[PlannedMilestone, ...]
    go_live_hours: int | None = None
    amendment: str = ""


@dataclass(frozen=True, slots=True)
class TermsProblem:
    """A problem to fix before proposing; `step` counts from 0, None for the whole."""

    step: int | None
    field: str
    message: str


def problems(terms: Terms, today: date, *, needs_steps: bool) -> list[TermsProblem]:
    """List all problems in form order; `needs_steps` while nothing is funded."""
    return list(_problems(terms, today, needs_steps=needs_steps))


def _problems(terms: Terms, today: date, *, needs_steps: bool) -> Iterator[TermsProblem]:
    if needs_steps and not terms.steps:
        yield TermsProblem(None, "steps", "Enter at least one milestone.")
    if len(terms.steps) > MAX_MILESTONES:
        yield TermsProblem(None, "steps", f"Use {MAX_MILESTONES} milestones at most.")
    for at, step in enumerate(terms.steps):
        if not step.title:
            yield TermsProblem(at, "title", "Say what this milestone brings, such as “Design”.")
        if step.amount <= 0:
            yield TermsProblem(at, "amount", "Enter an amount above zero.")
        if step.due_on and step.due_on < today:
            yield TermsProblem(at, "due_on", "Enter a date that is not past.")
        if step.due_on and step.due_on > today + LONGEST_AHEAD:
            yield TermsProblem(at, "due_on", "Enter a date within the next five years.")
    if terms.go_live_hours is not None and not 1 <= terms.go_live_hours <= MAX_HOURS:
        yield TermsProblem(None, "go_live_hours", f"Enter hours from 1 to {MAX_HOURS}, or leave it empty.")


def as_rows(steps: Iterable[PlannedMilestone]) -> list[dict[str, Any]]:
    """Serialize steps for ContractVersion.milestones."""
    return [
        {"title": one.title, "amount": one.amount, "due_on": one.due_on.isoformat() if one.due_on else None}
        for one in steps
    ]


def from_rows(rows: Iterable[dict[str, Any]]) -> tuple[PlannedMilestone, ...]:
    """Parse steps from ContractVersion.milestones."""
    return tuple(
        PlannedMilestone(
            str(row["title"]), int(row["amount"]), date.fromisoformat(row["due_on"]) if row["due_on"] else None
        )
        for row in rows
    )
