"""Reporting, acting and answering; every act of an admin leaves an audit entry and tells the person affected why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import moderation_acted
from marketplace.core.transitions import move
from marketplace.jobs.models import Job
from marketplace.jobs.services.lifecycle import approve_job, send_back_job
from marketplace.moderation.models import AuditEntry, ModerationAct, Report
from marketplace.moderation.states import MOVES, WAITING, ReportState
from marketplace.moderation.subjects import KINDS, Subject, subject_of, thing_of

REASONS = {
    "spam": "Spam or advertising",
    "copied": "Copied without credit",
    "fraud": "Fraud, or asking for money or passwords",
    "unsafe": "A link that is unsafe to open",
    "abuse": "Insults, threats or hate",
    "other": "Something else",
}
ACTS = {
    "dismiss": "Dismiss: nothing is wrong",
    "ask": "Ask the person for an answer first",
    "warn": "Warn the person",
    "hide": "Hide this",
    "restore": "Show this again",
    "suspend": "Suspend the person",
    "lift": "Lift the suspension",
}


def acts_on(subject: Subject, *, suspended: bool) -> dict[str, str]:
    """The acts that make sense now, with their words: what is hidden can only be shown, and so on."""
    senseless = {"hide" if subject.is_hidden else "restore", "suspend" if suspended else "lift"}
    if KINDS[subject.kind].hide is None:
        senseless |= {"hide", "restore"}
    return {act: words for act, words in ACTS.items() if act not in senseless}


def report(reporter: User, subject: Subject, reason: str, text: str, now: datetime) -> Report:
    """Bring a thing to the admins' attention; raises Conflict when this person did so already."""
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
    """Say that this admin sees to the report; raises Conflict when another does, NotAllowed on their own case."""
    refuse_own_case(admin, made.affected_id)
    if made.claimed_by not in (None, admin.id):
        raise Conflict("Another admin has taken this report.")
    made.claimed_by, made.updated_at = admin.id, now


def decide(admin: User, made: Report, act: str, reason: str, seen_at: datetime, now: datetime) -> None:
    """Carry out an act on the reported thing or its owner, and move the report on.

    `seen_at` is when the admin's page showed the report; raises Conflict when it changed since.
    """
    if made.updated_at > seen_at:
        raise Conflict("This report has changed since you opened it. Look at it again.")
    if made.claimed_by not in (None, admin.id):
        raise Conflict("Another admin has taken this report.")
    subject = subject_of(made.subject_kind, made.subject_id)
    _carry_out(admin, subject, act, reason, now, report_id=made.id)
    if made.state == ReportState.APPEALED:
        target = ReportState.FINAL
    elif act == "ask":
        target = ReportState.NOTIFIED
    else:
        target = ReportState.DISMISSED if act == "dismiss" else ReportState.ACTIONED
    if made.state in WAITING:
        move(made, target, "admin", MOVES, updated_at=now, claimed_by=admin.id)


def act_on(admin: User, subject: Subject, act: str, reason: str, now: datetime) -> None:
    """Act without a report, such as lifting a suspension later."""
    _carry_out(admin, subject, act, reason, now, report_id=None)


def review_job(admin: User, job: Job, *, approve: bool, reason: str, now: datetime) -> None:
    """Let a new client's job open, or send it back with a reason."""
    before = {"state": job.state}
    if approve:
        approve_job(admin, job, now)
    else:
        send_back_job(admin, job, reason, now)
    act = "approve" if approve else "send_back"
    note_act(admin, "job", job.id, job.client_id, act, reason, before, {"state": job.state}, now, report_id=None)


def answer(person: User, act: ModerationAct, text: str, now: datetime) -> None:
    """The person affected answers, once; an open report gets an admin's attention again."""
    if act.affected_id != person.id:
        raise NotAllowed("This decision is not about you.")
    if act.answered_at is not None:
        raise Conflict("You have answered this already.")
    act.answer, act.answered_at = text, now
    made = db.session.get(Report, act.report_id) if act.report_id else None
    if made is not None:
        target = {ReportState.NOTIFIED: ReportState.ANSWERED, ReportState.ACTIONED: ReportState.APPEALED}.get(
            ReportState(made.state)
        )
        if target is not None:
            move(made, target, "affected", MOVES, updated_at=now, claimed_by=None)


def _carry_out(admin: User, subject: Subject, act: str, reason: str, now: datetime, *, report_id: int | None) -> None:
    thing, owner = thing_of(subject.kind, subject.id), db.session.get_one(User, subject.owner_id)
    before = _facts(subject, owner)
    kind = KINDS[subject.kind]
    if act == "hide" and kind.hide and not subject.is_hidden:
        kind.hide(admin, thing, reason, now)
    elif act == "restore" and kind.restore and subject.is_hidden:
        kind.restore(admin, thing, now)
    elif act == "suspend":
        _suspend(admin, owner, reason, now)
    elif act == "lift":
        owner.suspended_at = owner.suspended_reason = None
    elif act in ("hide", "restore"):
        raise Invalid("act", "It can’t be hidden, or is already." if act == "hide" else "It is not hidden.")
    db.session.flush()
    after = _facts(subject_of(subject.kind, subject.id), owner)
    note_act(admin, subject.kind, subject.id, subject.owner_id, act, reason, before, after, now, report_id=report_id)


def _suspend(admin: User, owner: User, reason: str, now: datetime) -> None:
    if owner.id == admin.id:
        raise Invalid("act", "You can’t suspend yourself. Ask another admin.")
    if owner.is_admin and _admins_in_good_standing() <= 1:
        raise Invalid("act", "This is the last admin, who can’t be suspended.")
    owner.suspended_at, owner.suspended_reason = now, reason


def _admins_in_good_standing() -> int:
    admins = select(func.count()).select_from(User).where(User.roles.any(name="admin"), User.suspended_at.is_(None))
    return db.session.scalar(admins) or 0


def _facts(subject: Subject, owner: User) -> dict[str, Any]:
    return {"hidden": subject.is_hidden, "suspended": owner.is_suspended}


def refuse_own_case(admin: User, *concerned: int | None) -> None:
    """Nobody judges themselves: raises NotAllowed when the admin is among those concerned."""
    if admin.id in concerned:
        raise NotAllowed("This concerns you or your own work. Another admin has to decide on it.")


def note_act(
    admin: User,
    kind: str,
    subject_id: int,
    affected_id: int,
    act: str,
    reason: str,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
    *,
    report_id: int | None,
) -> None:
    """Write an act down for ever, and tell the person affected; raises NotAllowed when that is the admin."""
    refuse_own_case(admin, affected_id)
    note_entry(admin, kind, subject_id, act, reason, before, after, now)
    made = ModerationAct(
        report_id=report_id,
        actor_id=admin.id,
        affected_id=affected_id,
        act=act,
        subject_kind=kind,
        subject_id=subject_id,
        reason=reason,
        created_at=now,
    )
    db.session.add(made)
    db.session.flush()
    if act != "dismiss":
        moderation_acted.send(made)


def note_entry(
    admin: User,
    kind: str,
    subject_id: int,
    action: str,
    reason: str,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
) -> None:
    """Write an act down for ever that affects nobody in particular."""
    entry = AuditEntry(
        at=now, actor_id=admin.id, action=action, subject_kind=kind, subject_id=subject_id, reason=reason
    )
    entry.before, entry.after = before, after
    db.session.add(entry)
