"""Export a contract's deadlines as a calendar (iCalendar) file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.contracts.schedule import Planned, What
from marketplace.core.calendars import CalendarMoment, ics

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract, Milestone

WORDS = {
    What.OFFER_EXPIRES: "Last moment to sign the contract",
    What.OVERDUE: "Due: {}",
    What.GO_LIVE_PROMISE: "Promised to be live: {}",
    What.AUTO_RELEASE: "Silence releases the money for {}",
    What.WARRANTY_ENDS: "Uptime of the production site is watched until now",
}
"""Summaries of exported deadlines; reminders are omitted because calendar apps add their own."""


def contract_ics(contract: Contract, planned: Iterable[Planned], site_url: str, now: datetime) -> bytes:
    """Build the calendar of future deadlines."""
    shown = sorted((one for one in planned if one.what in WORDS), key=lambda one: (one.at, one.what))
    return ics(contract.title, (_moment(contract, one) for one in shown), site_url, now)


def _moment(contract: Contract, planned: Planned) -> CalendarMoment:
    return CalendarMoment(
        key=f"contract-{contract.id}-{planned.milestone_id or 0}-{planned.what}",
        at=planned.at,
        summary=WORDS[planned.what].format(_title(contract.standing, planned)),
        path=f"/contracts/{contract.id}",
        sequence=contract.version,
    )


def _title(milestones: Sequence[Milestone], planned: Planned) -> str:
    return next((f"“{one.title}”" for one in milestones if one.id == planned.milestone_id), "the work")
