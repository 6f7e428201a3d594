"""Export a dispute's deadline as a calendar (iCalendar) file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.core.calendars import CalendarMoment, ics
from marketplace.disputes.states import DisputeState

if TYPE_CHECKING:
    from marketplace.disputes.models import Dispute

WORDS = {
    DisputeState.OPEN: "Last moment to answer the dispute",
    DisputeState.RULED: "Last moment to appeal against the ruling",
}


def dispute_ics(dispute: Dispute, site_url: str, now: datetime) -> bytes:
    """Build the calendar; empty without a deadline."""
    moments: list[CalendarMoment] = []
    if dispute.deadline and dispute.state in WORDS:
        key = f"dispute-{dispute.id}-{dispute.state}"
        moments = [CalendarMoment(key, dispute.deadline, WORDS[dispute.state], f"/disputes/{dispute.id}")]
    return ics(dispute.milestone.contract.title, moments, site_url, now)
