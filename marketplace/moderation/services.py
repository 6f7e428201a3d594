"""Reporting, deciding on reports and appeals, and answering; every act is logged and explained to the
person affected.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.policy import acts_for
from marketplace.accounts.queries import admins_in_good_standing
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, demand
from marketplace.core.events import report_decided
from marketplace.core.transitions import move
from marketplace.jobs.models import Job
from marketplace.jobs.services.lifecycle import approve_job, send_back_job
from marketplace.moderation.models import ModerationAct, Report
from marketplace.moderation.noting import note_act, refuse_names
from marketplace.moderation.policy import why_not_answer, why_not_handle
from marketplace.moderation.queries import appealed_acts
from marketplace.moderation.states import MOVES, WAITING, ReportState
from marketplace.moderation.subjects import KINDS, Subject, subject_of, thing_of
from marketplace.moderation.wording import ACTS, Why

_AFTER = {"dismiss": ReportState.DISMISSED, "ask": ReportState.NOTIFIED}


def acts_on(subject: Subject, *, suspended: bool, appealed: bool = False) -> dict[str, str]:
    """The acts available now, with their wording; a hidden thing, for example, can only be restored."""
    senseless = {"hide" if subject.is_hidden else "restore", "suspend" if suspended else "lift"}
    senseless |= {"dismiss", "ask"} if appealed else {"uphold"}
    if KINDS[subject.kind].hide is None:
        senseless |= {"hide", "restore"}
    return {act: words for act, words in ACTS.items() if act not in senseless}


def report(reporter: User, subject: Subject, reason: str, text: str, now: datetime) -> Report:
    """Report a thing to the admins; raises Conflict if this person did so already."""
    mine = select(Report.id).where(
        Report.reporter_id == reporter.id, Report.subject_kind == subject.kind, Report.subject_id == subject.id
    )
    if db.session.scalar(mine) is not None:
        raise Conflict("You have reported this already. An admin will look at it.")
    made = Report(
        reporter_id=reporter.id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        affected_id=subject.owner_id,
        reason=reason,
        text=text,
        created_at=now,
        updated_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def claim(admin: User, made: Report, now: datetime) -> None:
    """Assign the report to this admin.

    Raises Conflict when another admin has it, NotAllowed on the admin's own case or the appeal against their own act.
    """
    demand(why_not_handle(admin, made, appealed_acts(made)))
    made.claimed_by, made.updated_at = admin.id, now


def decide(admin: User, made: Report, act: str, why: Why, seen_at: datetime, now: datetime) -> None:
    """Act on the reported thing or its owner, advance the report, and tell the reporter.

    `seen_at` is when the admin's page showed the report. Raises Conflict if it changed since, NotAllowed on the admin's
    own case or the appeal against their own act, Invalid for names in the public reason.
    """
    appealed = appealed_acts(made)
    demand(why_not_handle(admin, made, appealed))
    if made.updated_at > seen_at:
        raise Conflict("This report has changed since you opened it. Look at it again.")
    refuse_names(why, made.affected, made.reporter, admin)
    decides = appealed[-1] if made.state == ReportState.APPEALED else None
    subject = subject_of(made.subject_kind, made.subject_id)
    done = act_on(admin, subject, act, why, now, report_id=made.id, decides=decides)
    target = ReportState.FINAL if decides else _AFTER.get(act, ReportState.ACTIONED)
    if made.state in WAITING:
        move(made, target, "admin", MOVES, updated_at=now, claimed_by=admin.id)
    report_decided.send(made, act=done)


def act_on(
    admin: User,
    subject: Subject,
    act: str,
    why: Why,
    now: datetime,
    *,
    report_id: int | None = None,
    decides: ModerationAct | None = None,
) -> ModerationAct:
    """Act on a thing or its owner, with or without a report; `decides` as in `note_act`."""
    thing, owner = thing_of(subject.kind, subject.id), db.session.get_one(User, subject.owner_id)
    before = _facts(subject, owner)
    kind = KINDS[subject.kind]
    if act == "hide" and kind.hide and not subject.is_hidden:
        kind.hide(admin, thing, why.reason, now)
    elif act == "restore" and kind.restore and subject.is_hidden:
        kind.restore(admin, thing, now)
    elif act == "suspend":
        _suspend(admin, owner, why.reason, now)
    elif act == "lift":
        owner.suspended_at = owner.suspended_reason = None
    elif act in ("hide", "restore"):
        raise Invalid("act", "It can’t be hidden, or is already." if act == "hide" else "It is not hidden.")
    db.session.flush()
    after = _facts(subject_of(subject.kind, subject.id), owner)
    return note_act(
        admin, subject.kind, subject.id, subject.owner_id, act, why, before, after, now,
        report_id=report_id, decides=decides,
    )  # fmt: skip


def review_job(admin: User, job: Job, *, approve: bool, why: Why, now: datetime) -> None:
    """Open a new client's job, or send it back with a reason."""
    refuse_names(why, job.client, admin)
    before = {"state": job.state}
    if approve:
        approve_job(admin, job, now)
    else:
        send_back_job(admin, job, why.reason, now)
    act = "approve" if approve else "send_back"
    note_act(admin, "job", job.id, job.client_id, act, why, before, {"state": job.state}, now)


def answer(person: User, act: ModerationAct, text: str, now: datetime) -> None:
    """Store the affected person's only answer, so that an admin reviews the act; raises Conflict when it is final."""
    demand(why_not_answer(person, act))
    act.answer, act.answered_at = text, now
    made = act.report
    if made is not None:
        target = {ReportState.NOTIFIED: ReportState.ANSWERED, ReportState.ACTIONED: ReportState.APPEALED}.get(
            ReportState(made.state)
        )
        if target is not None:
            move(made, target, "affected", MOVES, updated_at=now, claimed_by=None)


def _suspend(admin: User, owner: User, reason: str, now: datetime) -> None:
    if acts_for(admin, owner.id):
        raise Invalid("act", "You can’t suspend yourself. Ask another admin.")
    if owner.is_admin and admins_in_good_standing() <= 1:
        raise Invalid("act", "This is the last admin, who can’t be suspended.")
    owner.suspended_at, owner.suspended_reason = now, reason


def _facts(subject: Subject, owner: User) -> dict[str, Any]:
    return {"hidden": subject.is_hidden, "suspended": owner.is_suspended}
