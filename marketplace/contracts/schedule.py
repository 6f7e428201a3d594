"""Which deadlines a contract has now: a pure function of its rows, so that plan and calendar never disagree."""

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
"""Silence is warned of when a half, a quarter and an eighth of its time is left."""


class What(StrEnum):
    """What happens when its time has come."""

    SIGN_REMINDER = "sign_reminder"
    OFFER_EXPIRES = "offer_expires"
    FUND_REMINDER = "fund_reminder"
    DUE_REMINDER = "due_reminder"
    OVERDUE = "overdue"
    GO_LIVE_PROMISE = "go_live_promise"
    HANDOVER_REMINDER = "handover_reminder"
    """Silence releases nothing before the freelancer has handed something over."""
    RELEASE_WARNING = "release_warning"
    AUTO_RELEASE = "auto_release"
    WARRANTY_ENDS = "warranty_ends"
    COMPARE = "compare"
    """A check of production is there to be judged; asked for by the check, not planned."""
    BANK = "bank"
    """The payer's bank has frozen or taken the money; told by the payment, not planned."""


ASKED = frozenset({What.COMPARE, What.BANK})
"""What lower rooms ask for; all else is planned here."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One deadline: what, when (UTC), and of which milestone, None for the whole contract."""

    what: What
    at: datetime
    milestone_id: int | None = None


def deadlines_of(contract: Contract) -> set[Planned]:
    """All that is to happen by itself, as things stand."""
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
    """The end of the milestone's day, UTC; None without one."""
    if milestone.due_on is None:
        return None
    return datetime.combine(milestone.due_on, time(), UTC) + timedelta(days=1)


def promised_at(contract: Contract, milestone: Milestone) -> datetime | None:
    """Until when the work is promised to be live: so many hours from the payment of the last milestone."""
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
    """The client is reminded of the next payment when nothing is held."""
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
    """Until when the production site is watched; None before it was paid for, or without one."""
    if milestone.production_id is None or milestone.decided_at is None or milestone.state not in PAID:
        return None
    return milestone.decided_at + timedelta(days=contract.warranty_days)
