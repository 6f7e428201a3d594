"""A contract's deadlines as a calendar file (iCalendar, RFC 5545), for either side's own calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

from marketplace.contracts.schedule import Planned, What

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract, Milestone

WORDS = {
    What.OFFER_EXPIRES: "Last moment to sign the contract",
    What.OVERDUE: "Due: {}",
    What.GO_LIVE_PROMISE: "Promised to be live: {}",
    What.AUTO_RELEASE: "Silence releases the money for {}",
    What.WARRANTY_ENDS: "Uptime of the production site is watched until now",
}
"""What a calendar shows; reminders are left out, it makes its own."""


def contract_ics(contract: Contract, planned: Iterable[Planned], site_url: str, now: datetime) -> bytes:
    """The calendar; an event keeps its UID, so that importing the file again moves it rather than doubles it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Prebuilt//contract//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", contract.title)
    shown = sorted((one for one in planned if one.what in WORDS), key=lambda one: (one.at, one.what))
    for one in shown:
        calendar.add_component(_event(contract, one, site_url, now))
    return calendar.to_ical()


def _event(contract: Contract, planned: Planned, site_url: str, now: datetime) -> Event:
    event, address = Event(), f"{site_url}/contracts/{contract.id}"
    event.add("uid", f"contract-{contract.id}-{planned.milestone_id or 0}-{planned.what}@{site_url.split('//')[-1]}")
    event.add("dtstamp", now)
    event.add("sequence", contract.version)
    event.add("dtstart", planned.at)
    event.add("dtend", planned.at + timedelta(minutes=15))
    event.add("summary", f"{WORDS[planned.what].format(_title(contract.standing, planned))} ({contract.title})")
    event.add("description", f"Where it stands: {address}")
    event.add("url", address)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", contract.title)
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    return event


def _title(milestones: Sequence[Milestone], planned: Planned) -> str:
    return next((f"“{one.title}”" for one in milestones if one.id == planned.milestone_id), "the work")
