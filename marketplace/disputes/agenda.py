"""A dispute's deadline as a calendar file (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from marketplace.disputes.states import DisputeState

if TYPE_CHECKING:
    from marketplace.disputes.models import Dispute

WORDS = {
    DisputeState.OPEN: "Last moment to answer the dispute",
    DisputeState.RULED: "Last moment to appeal against the ruling",
}


def dispute_ics(dispute: Dispute, site_url: str, now: datetime) -> bytes:
    """The calendar, empty when nothing ends by itself; the event keeps its UID, so a newer file moves it."""
    calendar, title = Calendar(), dispute.milestone.contract.title
    calendar.add("prodid", "-//Prebuilt//dispute//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    if dispute.deadline and dispute.state in WORDS:
        event, address = Event(), f"{site_url}/disputes/{dispute.id}"
        event.add("uid", f"dispute-{dispute.id}-{dispute.state}@{site_url.split('//')[-1]}")
        event.add("dtstamp", now)
        event.add("dtstart", dispute.deadline)
        event.add("dtend", dispute.deadline + timedelta(minutes=15))
        event.add("summary", f"{WORDS[DisputeState(dispute.state)]} ({title})")
        event.add("url", address)
        event.add("description", f"Where it stands: {address}")
        calendar.add_component(event)
    return calendar.to_ical()
