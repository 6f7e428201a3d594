"""Log acts of admins permanently, and notify the person affected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, demand
from marketplace.core.events import moderation_acted
from marketplace.moderation.models import AuditEntry, ModerationAct
from marketplace.moderation.policy import why_not_decide
from marketplace.moderation.wording import Why, names_somebody


def refuse_unfit(admin: User, *concerned: int | None, acts: tuple[ModerationAct, ...] = ()) -> None:
    """Raise NotAllowed for an admin's own case, or an appeal against their own act."""
    demand(why_not_decide(admin, concerned, acts))


def refuse_names(why: Why, *people: User) -> None:
    """Raise Invalid when the public reason names one of the people, or contains an address."""
    if names_somebody(why.public, *(person.name for person in people)):
        raise Invalid("public", "Everybody can read this: leave out names, e-mail addresses and links.")


def note_act(
    admin: User,
    kind: str,
    subject_id: int,
    affected_id: int,
    act: str,
    why: Why,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
    *,
    report_id: int | None = None,
    decides: ModerationAct | None = None,
) -> ModerationAct:
    """Log an act and notify the person affected; raises NotAllowed when that is the admin.

    `decides` is the answered act on which this one decides; raises Conflict when another act already did.
    """
    refuse_unfit(admin, affected_id, acts=(decides,) if decides else ())
    if decides:
        _hold_undecided(decides)
    note_entry(admin, kind, subject_id, act, why, before, after, now)
    made = ModerationAct(
        report_id=report_id,
        actor_id=admin.id,
        affected_id=affected_id,
        act=act,
        subject_kind=kind,
        subject_id=subject_id,
        reason=why.reason,
        decides_id=decides.id if decides else None,
        created_at=now,
    )
    db.session.add(made)
    db.session.flush()
    if act != "dismiss":
        moderation_acted.send(made)
    return made


def note_entry(
    admin: User,
    kind: str,
    subject_id: int,
    action: str,
    why: Why,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
) -> None:
    """Log an act that affects nobody in particular."""
    entry = AuditEntry(
        at=now, actor_id=admin.id, action=action, subject_kind=kind, subject_id=subject_id, reason=why.reason,
        rule=why.rule, public_reason=why.public,
    )  # fmt: skip
    entry.before, entry.after = before, after
    db.session.add(entry)


def _hold_undecided(act: ModerationAct) -> None:
    """Lock the act, so that two admins can't decide on one appeal."""
    db.session.refresh(act, with_for_update=True)
    if db.session.scalar(select(ModerationAct.id).where(ModerationAct.decides_id == act.id)):
        raise Conflict("Another admin has decided on this already.")
