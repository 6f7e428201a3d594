"""Queries for admins and for the people affected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from marketplace.accounts.models import User
from marketplace.accounts.policy import acts_for
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.pages import KeysetPage, page_of
from marketplace.jobs.models import Job
from marketplace.jobs.states import JobState
from marketplace.moderation.models import AuditEntry, ModerationAct, Report
from marketplace.moderation.policy import APPEALABLE
from marketplace.moderation.states import WAITING

_NAMES = (
    joinedload(Report.reporter).options(lazyload(User.roles)),
    joinedload(Report.affected).options(lazyload(User.roles)),
)

_DECIDING = aliased(ModerationAct)
_APPEALED = and_(ModerationAct.act.in_(APPEALABLE), ModerationAct.answered_at.is_not(None))
_UNDECIDED = ~select(_DECIDING.id).where(_DECIDING.decides_id == ModerationAct.id).exists()


@dataclass(frozen=True, slots=True)
class ModerationHistory:
    """Earlier reports and acts on the same thing or person."""

    reports: int
    acts: Sequence[ModerationAct]


def waiting_reports(cursor: str | None) -> KeysetPage[Report]:
    """Waiting reports, oldest first."""
    waiting = select(Report).where(Report.state.in_(WAITING)).options(*_NAMES)
    return page_of(waiting, [Report.created_at, Report.id], cursor, descending=False)


def jobs_to_review(limit: int = 50) -> Sequence[Job]:
    """Waiting first jobs of new clients, oldest first."""
    waiting = select(Job).where(Job.state == JobState.PENDING_REVIEW).order_by(Job.updated_at, Job.id).limit(limit)
    return db.session.scalars(waiting.options(joinedload(Job.client).options(lazyload(User.roles)))).all()


def job_to_review(job_id: int) -> Job:
    """Return one waiting job; raises NotFound if it does not wait (any longer)."""
    job = db.session.get(Job, job_id)
    if job is None or job.state != JobState.PENDING_REVIEW:
        raise NotFound("This job does not wait for review.")
    return job


def report_of(report_id: int) -> Report:
    """Return one report; raises NotFound."""
    made = db.session.scalar(select(Report).where(Report.id == report_id).options(*_NAMES))
    if made is None:
        raise NotFound("There is no such report.")
    return made


def next_waiting(after_id: int) -> Report | None:
    """The oldest waiting report other than `after_id`."""
    waiting = select(Report).where(Report.state.in_(WAITING), Report.id != after_id)
    return db.session.scalar(waiting.order_by(Report.created_at, Report.id).limit(1))


def history_of(kind: str, subject_id: int, affected_id: int) -> ModerationHistory:
    """Reports on the same thing, and acts on the same person, newest first."""
    count = select(func.count()).where(Report.subject_kind == kind, Report.subject_id == subject_id)
    acts = select(ModerationAct).where(ModerationAct.affected_id == affected_id)
    newest = acts.order_by(ModerationAct.id.desc()).limit(20)
    return ModerationHistory(db.session.scalar(count) or 0, db.session.scalars(newest).all())


def appealed_acts(made: Report) -> tuple[ModerationAct, ...]:
    """A report's acts that were appealed against, oldest first."""
    acts = select(ModerationAct).where(ModerationAct.report_id == made.id, _APPEALED).order_by(ModerationAct.id)
    return tuple(db.session.scalars(acts))


def waiting_appeals(limit: int = 50) -> Sequence[ModerationAct]:
    """Answers that return no report to the queue, oldest first; near-copies have a page of their own."""
    waiting = _without_report().where(_UNDECIDED).order_by(ModerationAct.answered_at, ModerationAct.id).limit(limit)
    return db.session.scalars(waiting.options(joinedload(ModerationAct.affected).options(lazyload(User.roles)))).all()


def waiting_appeal(act_id: int) -> ModerationAct:
    """Return one such answer; raises NotFound when it does not wait (any longer)."""
    act = db.session.scalar(_without_report().where(_UNDECIDED, ModerationAct.id == act_id))
    if act is None:
        raise NotFound("This appeal does not wait.")
    return act


def acts_on(person: User, cursor: str | None) -> KeysetPage[ModerationAct]:
    """Every decision about this person, newest first."""
    told = select(ModerationAct).where(ModerationAct.affected_id == person.id, ModerationAct.act != "dismiss")
    return page_of(
        told.options(joinedload(ModerationAct.report), joinedload(ModerationAct.decides)), [ModerationAct.id], cursor
    )


def own_act(person: User, act_id: int) -> ModerationAct:
    """Return one decision about this person; raises NotFound."""
    act = db.session.get(ModerationAct, act_id)
    if act is None or not acts_for(person, act.affected_id):
        raise NotFound("There is no such decision about you.")
    return act


def audit_log(cursor: str | None, kind: str = "", subject_id: int | None = None) -> KeysetPage[AuditEntry]:
    """Every act of every admin, newest first."""
    entries = select(AuditEntry).options(joinedload(AuditEntry.actor).options(lazyload(User.roles)))
    if kind:
        entries = entries.where(AuditEntry.subject_kind == kind)
    if subject_id is not None:
        entries = entries.where(AuditEntry.subject_id == subject_id)
    return page_of(entries, [AuditEntry.id], cursor, size=50)


def _without_report():
    answered = or_(_APPEALED, and_(ModerationAct.act == "ask", ModerationAct.answered_at.is_not(None)))
    return select(ModerationAct).where(
        answered, ModerationAct.report_id.is_(None), ModerationAct.subject_kind != "near_copy"
    )
