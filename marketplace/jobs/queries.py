"""Queries on jobs: one job for a person, lists by keyset, and the client's record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer, joinedload, selectinload

from marketplace.checker.requirement_values import FREE
from marketplace.core.database import db
from marketplace.core.errors import NotFound, Removed
from marketplace.core.pages import KeysetPage, page_of
from marketplace.jobs import policy
from marketplace.jobs.models import Attachment, Job, JobEdit, JobRequirement, JobSkill
from marketplace.jobs.search import matches
from marketplace.jobs.states import JobState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

CLOSING_SOON = timedelta(days=3)
COUNT_LIMIT = 1_000
"""Results are counted up to this limit, so that a broad search costs no more than a narrow one."""
NEWEST, CLOSING = "newest", "closing"

TABS: dict[str, tuple[str, tuple[JobState, ...]]] = {
    "open": ("Taking bids", (JobState.OPEN,)),
    "closed": ("To decide", (JobState.CLOSED,)),
    "review": ("In review", (JobState.PENDING_REVIEW,)),
    "drafts": ("Drafts", (JobState.DRAFT,)),
    "awarded": ("Awarded", (JobState.AWARDED, JobState.COMPLETED)),
    "ended": ("Ended", (JobState.CANCELLED, JobState.EXPIRED, JobState.REMOVED)),
}
"""Tabs of the client's own list: tab -> (label, states)."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Search filters; empty values match anything. `budget` in minor units of `currency`."""

    words: str = ""
    category: str = ""
    skill: str = ""
    currency: str = ""
    budget: int | None = None
    checkable: bool = False
    closing_soon: bool = False
    sort: str = NEWEST


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """How a client has dealt with earlier jobs, shown on each new one."""

    posted: int
    awarded: int
    cancelled: int
    expired: int

    @property
    def not_awarded(self) -> int:
        return self.cancelled + self.expired


def job_for(person: User | None, slug: str) -> Job:
    """Return the job with its page's data; raises NotFound when `person` may not know of it, Removed when
    taken down.
    """
    job = db.session.scalar(
        select(Job)
        .where(Job.slug == slug)
        .options(
            joinedload(Job.client, innerjoin=True),
            selectinload(Job.requirements),
            selectinload(Job.skills),
            selectinload(Job.attachments),
        )
    )
    if job is None:
        raise NotFound("There is no such job.")
    if not policy.may_see(person, job):
        if job.state == JobState.REMOVED:
            raise Removed(f"Our moderators took this job down: {job.end_reason or 'it broke the rules.'}")
        raise NotFound("There is no such job.")
    return job


def recent_jobs(now: datetime, limit: int = 6) -> Sequence[Job]:
    """Return the newest jobs that take bids, for the start page."""
    return page_of(_listed(_open(now)), [Job.published_at, Job.id], None, size=limit).rows


def browsed_jobs(filters: Filters, cursor: str | None, now: datetime) -> KeysetPage[Job]:
    """Return jobs that take bids and match `filters`, newest or soonest to close first."""
    by_deadline = filters.sort == CLOSING
    found = _listed(_filtered(_open(now, by_deadline=by_deadline), filters, now))
    if by_deadline:
        return page_of(found, [Job.bid_deadline, Job.id], cursor, descending=False)
    return page_of(found, [Job.published_at, Job.id], cursor)


def result_count(filters: Filters, now: datetime) -> int:
    """Count matching jobs, up to COUNT_LIMIT + 1."""
    found = (
        _filtered(_open(now, by_deadline=True), filters, now)
        .with_only_columns(Job.id)
        .limit(COUNT_LIMIT + 1)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def requirement_counts(jobs: Iterable[Job]) -> dict[int, int]:
    """Job id -> number of checkable requirements; jobs without any are left out."""
    counted = db.session.execute(
        select(JobRequirement.job_id, func.count())
        .where(JobRequirement.job_id.in_([job.id for job in jobs]), JobRequirement.kind != FREE)
        .group_by(JobRequirement.job_id)
    )
    return dict(counted.all())


def jobs_of(client: User, tab: str, cursor: str | None) -> KeysetPage[Job]:
    """Return the client's jobs under one of TABS, last changed first."""
    mine = select(Job).where(Job.client_id == client.id, Job.state.in_(TABS[tab][1]))
    return page_of(mine.options(defer(Job.spec, raiseload=True)), [Job.updated_at, Job.id], cursor)


def tab_counts(client: User) -> dict[str, int]:
    """Tab -> number of the client's jobs under it."""
    by_state = _states_of(client.id, published=False)
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, (_, states) in TABS.items()}


def client_record(client_id: int) -> ClientRecord:
    """Count the outcomes of the jobs that this client has published."""
    by_state = _states_of(client_id, published=True)
    return ClientRecord(
        posted=sum(by_state.values()),
        awarded=by_state.get(JobState.AWARDED, 0) + by_state.get(JobState.COMPLETED, 0),
        cancelled=by_state.get(JobState.CANCELLED, 0),
        expired=by_state.get(JobState.EXPIRED, 0),
    )


def published_before(client_id: int) -> int:
    """Count the client's jobs that were published and not removed by moderators."""
    by_state = _states_of(client_id, published=True)
    return sum(by_state.values()) - by_state.get(JobState.REMOVED, 0)


def edits_of(job: Job, since_version: int = 0) -> Sequence[JobEdit]:
    """Return changes of the published spec after `since_version`, newest first."""
    return db.session.scalars(
        select(JobEdit)
        .where(JobEdit.job_id == job.id, JobEdit.version > since_version)
        .order_by(JobEdit.version.desc())
    ).all()


def attachment_of(job: Job, attachment_id: int) -> Attachment:
    """Return one file of the brief; raises NotFound when it is not this job's."""
    for attachment in job.attachments:
        if attachment.id == attachment_id:
            return attachment
    raise NotFound("There is no such file.")


def _open(now: datetime, *, by_deadline: bool = False) -> Select[Job]:
    """Select jobs that take bids.

    The function around the deadline keeps SQLite, which has no statistics, from using the deadline's index and sorting
    all open jobs when the page is ordered by another column.
    """
    deadline = Job.bid_deadline if by_deadline else func.coalesce(Job.bid_deadline, Job.bid_deadline)
    return select(Job).where(Job.state == JobState.OPEN, deadline > now)


def _listed(statement: Select[Job]) -> Select[Job]:
    return statement.options(selectinload(Job.skills), defer(Job.spec, raiseload=True))


def _filtered(statement: Select[Job], filters: Filters, now: datetime) -> Select[Job]:
    if (words := matches(filters.words, db.engine.dialect)) is not None:
        statement = statement.where(words)
    if filters.category:
        statement = statement.where(Job.category == filters.category)
    if filters.skill:
        statement = statement.where(Job.id.in_(select(JobSkill.job_id).where(JobSkill.name == filters.skill)))
    if filters.currency:
        statement = statement.where(Job.currency == filters.currency)
    if filters.currency and filters.budget is not None:
        statement = statement.where(Job.budget_max >= filters.budget)
    if filters.checkable:
        checkable = select(JobRequirement.id).where(JobRequirement.job_id == Job.id, JobRequirement.kind != FREE)
        statement = statement.where(checkable.exists())
    if filters.closing_soon:
        statement = statement.where(Job.bid_deadline <= now + CLOSING_SOON)
    return statement


def _states_of(client_id: int, *, published: bool) -> dict[str, int]:
    counted = select(Job.state, func.count()).where(Job.client_id == client_id).group_by(Job.state)
    if published:
        counted = counted.where(Job.published_at.is_not(None))
    return dict(db.session.execute(counted).all())


def checkable_lines(job: Job) -> int:
    """Count the job's checkable requirements."""
    return sum(line.kind != FREE for line in job.requirements)


def closed_jobs(job_ids: Collection[int], now: datetime) -> set[int]:
    """The given jobs on which bids have closed."""
    times = select(Job.id, Job.published_at, Job.bid_deadline, Job.closed_at).where(Job.id.in_(job_ids))
    return {row.id for row in db.session.execute(times) if policy.bids_closed_at(row, now)}
