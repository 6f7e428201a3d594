"""Current deadlines of a contract: a pure function of its rows, so that plan and calendar always agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.contracts.states import HANDED_IN, HELD, PAID, WORKABLE, ContractState, MilestoneState, Pause

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract, Milestone

SIGN_REMINDER_AFTER = timedelta(days=2)
FUND_REMINDERS_AFTER = (timedelta(days=2), timedelta(days=5))
HANDOVER_REMINDERS_AFTER = (timedelta(days=2), timedelta(days=5))
DUE_REMINDER_BEFORE = timedelta(days=2)
WARNINGS = (2, 4, 8)
"""Divisors: warn when a half, a quarter and an eighth of the auto-release time is left."""


class What(StrEnum):
    """What happens at a deadline."""

    SIGN_REMINDER = "sign_reminder"
    OFFER_EXPIRES = "offer_expires"
    FUND_REMINDER = "fund_reminder"
    DUE_REMINDER = "due_reminder"
    OVERDUE = "overdue"
    GO_LIVE_PROMISE = "go_live_promise"
    HANDOVER_REMINDER = "handover_reminder"
    """Remind the freelancer of owed items, which block auto-release."""
    RELEASE_WARNING = "release_warning"
    AUTO_RELEASE = "auto_release"
    WARRANTY_ENDS = "warranty_ends"
    COMPARE = "compare"
    """Compare production after a check; queued by the check, not planned."""
    BANK = "bank"
    """The payer's bank froze, released or took back the money; queued by the payment, not planned."""


ASKED = frozenset({What.COMPARE, What.BANK})
"""Actions queued by listeners; all others are planned here."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One deadline: what, when (UTC), and its milestone, None for the whole contract."""

    what: What
    at: datetime
    milestone_id: int | None = None


def deadlines_of(contract: Contract) -> set[Planned]:
    """All deadlines in the contract's current state."""
    if contract.state == ContractState.OFFERED:
        return set(_of_offer(contract))
    running = contract.state in (ContractState.ACTIVE, ContractState.DISPUTED)
    planned: set[Planned] = set()
    for milestone in contract.standing:
        planned |= set(_of_watch(contract, milestone))
        if running:
            planned |= set(_of_milestone(contract, milestone))
    return planned | set(_of_funding(contract)) if running else planned


def due_moment(milestone: Milestone) -> datetime | None:
    """End of the milestone's due day, UTC; None without one."""
    if milestone.due_on is None:
        return None
    return datetime.combine(milestone.due_on, time(), UTC) + timedelta(days=1)


def promised_at(contract: Contract, milestone: Milestone) -> datetime | None:
    """Promised go-live time: go_live_hours after payment of the last milestone; None for other milestones."""
    if contract.go_live_hours is None or milestone.funded_at is None or milestone is not contract.standing[-1]:
        return None
    return milestone.funded_at + timedelta(hours=contract.go_live_hours)


def _of_offer(contract: Contract) -> Iterator[Planned]:
    expires = contract.offered_at + timedelta(days=contract.offer_days)
    yield Planned(What.OFFER_EXPIRES, expires)
    for at in {contract.offered_at + SIGN_REMINDER_AFTER, expires - SIGN_REMINDER_AFTER}:
        if contract.offered_at < at < expires:
            yield Planned(What.SIGN_REMINDER, at)


def _of_funding(contract: Contract) -> Iterator[Planned]:
    """Remind the client of the next payment while no money is held."""
    waiting = [one for one in contract.standing if one.state == MilestoneState.PLANNED]
    if not waiting or contract.active_at is None or any(one.state in HELD for one in contract.standing):
        return
    since = max([contract.active_at, *(one.decided_at for one in contract.standing if one.decided_at)])
    for pause in FUND_REMINDERS_AFTER:
        yield Planned(What.FUND_REMINDER, since + pause, waiting[0].id)


def _of_milestone(contract: Contract, milestone: Milestone) -> Iterator[Planned]:
    due = due_moment(milestone)
    if due and milestone.state in WORKABLE - HANDED_IN:
        yield Planned(What.DUE_REMINDER, due - DUE_REMINDER_BEFORE, milestone.id)
        yield Planned(What.OVERDUE, due, milestone.id)
    promised = promised_at(contract, milestone)
    if promised and milestone.state in WORKABLE and milestone.live_at is None:
        yield Planned(What.GO_LIVE_PROMISE, promised, milestone.id)
    if milestone.state in HANDED_IN and milestone.pause == Pause.OWED and milestone.submitted_at:
        for pause in HANDOVER_REMINDERS_AFTER:
            yield Planned(What.HANDOVER_REMINDER, milestone.submitted_at + pause, milestone.id)
    if milestone.state in HANDED_IN and milestone.auto_release_at:
        yield Planned(What.AUTO_RELEASE, milestone.auto_release_at, milestone.id)
        for part in WARNINGS:
            warned = milestone.auto_release_at - timedelta(days=contract.auto_release_days) / part
            yield Planned(What.RELEASE_WARNING, warned, milestone.id)


def _of_watch(contract: Contract, milestone: Milestone) -> Iterator[Planned]:
    if ends := warranty_end(contract, milestone):
        yield Planned(What.WARRANTY_ENDS, ends, milestone.id)


def warranty_end(contract: Contract, milestone: Milestone) -> datetime | None:
    """End of uptime monitoring of the production site; None before payment or without a site."""
    if milestone.production_id is None or milestone.decided_at is None or milestone.state not in PAID:
        return None
    return milestone.decided_at + timedelta(days=contract.warranty_days)
