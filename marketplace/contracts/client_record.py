"""A client's track record for job pages and profiles, in two queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Row, select

from marketplace.contracts.models import Award, Contract, Milestone
from marketplace.contracts.states import PAID
from marketplace.contracts.wording import span
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.jobs.states import JobState

ENOUGH = 3
"""Minimum number of jobs or payments before a statistic is shown."""
NEWEST = 500
"""Maximum number of newest jobs, and of newest payments, evaluated."""
NOT_AWARDED = frozenset({JobState.CANCELLED, JobState.EXPIRED})
NOT_ENOUGH = "Not enough yet"


@dataclass(frozen=True, slots=True)
class ClientSummary:
    """Outcomes of the client's published jobs, and how long decisions and releases took."""

    awarded: int
    not_awarded: int
    """Cancelled or expired without an award."""
    to_decide: Sequence[timedelta]
    """Time from the end of bidding to the award; zero when awarded before."""
    to_release: Sequence[timedelta]
    """Time from a milestone's last submission to its release, by the client or automatically."""

    @property
    def award_rate(self) -> float | None:
        """Share of decided jobs that were awarded; None below ENOUGH."""
        decided = self.awarded + self.not_awarded
        return self.awarded / decided if decided >= ENOUGH else None

    def rows(self) -> list[tuple[str, str]]:
        """Format the summary as (term, value) pairs."""
        rate = self.award_rate
        share = NOT_ENOUGH if rate is None else f"{rate:.0%} ({self.awarded} of {self.awarded + self.not_awarded})"
        return [
            ("Jobs awarded", share),
            ("Ended without an award", str(self.not_awarded)),
            ("Usual time to decide", _usual(self.to_decide)),
            ("Usual time to release", _usual(self.to_release)),
        ]


def client_summary(client_id: int) -> ClientSummary:
    """Summarize one client in two queries; removed and undecided jobs are not counted."""
    standing = (Award.job_id == Job.id) & Award.withdrawn_at.is_(None)
    jobs = (
        select(Job.state, Job.closed_at, Job.bid_deadline, Award.awarded_at)
        .outerjoin(Award, standing)
        .where(Job.client_id == client_id, Job.published_at.is_not(None), Job.state != JobState.REMOVED)
        .order_by(Job.updated_at.desc(), Job.id.desc())
        .limit(NEWEST)
    )
    rows = db.session.execute(jobs).all()
    awarded = [row for row in rows if row.awarded_at]
    return ClientSummary(
        len(awarded),
        sum(1 for row in rows if not row.awarded_at and row.state in NOT_AWARDED),
        [_decided_after(row) for row in awarded],
        _releases(client_id),
    )


def _releases(client_id: int) -> list[timedelta]:
    paid = (
        select(Milestone.submitted_at, Milestone.decided_at)
        .join(Contract)
        .where(Contract.client_id == client_id, Milestone.state.in_(PAID))
        .where(Milestone.submitted_at.is_not(None), Milestone.decided_at.is_not(None))
        .order_by(Milestone.id.desc())
        .limit(NEWEST)
    )
    return [row.decided_at - row.submitted_at for row in db.session.execute(paid)]


def _decided_after(row: Row[*tuple[Any, ...]]) -> timedelta:
    ends: list[datetime] = [moment for moment in (row.closed_at, row.bid_deadline) if moment]
    return max(row.awarded_at - min(ends), timedelta()) if ends else timedelta()


def _usual(durations: Sequence[timedelta]) -> str:
    if len(durations) < ENOUGH:
        return NOT_ENOUGH
    usual = timedelta(seconds=median(duration.total_seconds() for duration in durations))
    return "At once" if usual < timedelta(minutes=1) else span(usual)
