"""Calendar files (iCalendar, RFC 5545) that people import into their own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

LENGTH = timedelta(minutes=15)
REMINDS_BEFORE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarMoment:
    """One event; `key` never changes, so that a second import updates the event instead of duplicating it."""

    key: str
    at: datetime
    summary: str
    path: str
    """Path of its page on this site."""
    sequence: int = 0
    """SEQUENCE: increases with each change of the event."""


def ics(title: str, moments: Iterable[CalendarMoment], site_url: str, now: datetime) -> bytes:
    """Return the bytes of a calendar file, with a reminder one day before each event."""
    calendar = Calendar()
    calendar.add("prodid", "-//Prebuilt//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    for moment in moments:
        calendar.add_component(_event(title, moment, site_url, now))
    return calendar.to_ical()


def _event(title: str, moment: CalendarMoment, site_url: str, now: datetime) -> Event:
    event, alarm, address = Event(), Alarm(), f"{site_url}{moment.path}"
    event.add("uid", f"{moment.key}@{site_url.split('//')[-1]}")
    event.add("dtstamp", now)
    event.add("sequence", moment.sequence)
    event.add("dtstart", moment.at)
    event.add("dtend", moment.at + LENGTH)
    event.add("summary", f"{moment.summary} ({title})")
    event.add("description", f"Where it stands: {address}")
    event.add("url", address)
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -REMINDS_BEFORE)
    event.add_component(alarm)
    return event
