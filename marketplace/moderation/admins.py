"""Changes of the admin role by admins: logged, and announced to the person and all other admins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from marketplace.accounts.models import ADMIN, User
from marketplace.accounts.policy import acts_for
from marketplace.accounts.queries import admins, admins_in_good_standing
from marketplace.accounts.services.people import set_admin
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.moderation.models import ModerationAct
from marketplace.moderation.noting import note_act
from marketplace.moderation.wording import Why
from marketplace.notifications.telling import announce, news

KIND = "account"
IN_PUBLIC = {True: "The site has one more admin.", False: "The site has one admin less."}


def person_to_promote(email: str) -> User:
    """Return the person who may become an admin; raises Invalid with the reason if nobody may."""
    person = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    if person is None or person.confirmed_at is None:
        raise Invalid("email", "Nobody with this address has signed up and confirmed it. They do that first.")
    if person.is_suspended:
        raise Invalid("email", "This account is suspended.")
    if person.is_admin:
        raise Invalid("email", "This account is an admin’s already.")
    return person


def person_at(slug: str) -> User:
    """The person at `slug`; raises NotFound."""
    person = db.session.scalar(select(User).where(User.slug == slug, User.confirmed_at.is_not(None)))
    if person is None:
        raise NotFound("There is nobody by that name here.")
    return person


def change_admin(actor: User, person: User, *, to: bool, reason: str, now: datetime) -> ModerationAct:
    """Grant or revoke the admin role.

    Raises NotAllowed for oneself, Conflict without a change, Invalid for a suspended person or the last admin.
    """
    _one_change_at_a_time(actor, person)
    if person.is_admin == to:
        raise Conflict("This account is an admin’s already." if to else "This account is no admin’s.")
    if to and person.is_suspended:
        raise Invalid("reason", "This account is suspended.")
    if not to and not person.is_suspended and admins_in_good_standing() <= 1:
        raise Invalid("reason", "This is the last admin.")
    others = [admin for admin in admins() if not acts_for(admin, actor.id, person.id)]
    act, why = "make_admin" if to else "unmake_admin", Why(reason, "admins", IN_PUBLIC[to])
    made = note_act(actor, KIND, person.id, person.id, act, why, {"admin": not to}, {"admin": to}, now)
    set_admin(person, to=to)
    what, key = "admin_made" if to else "admin_unmade", f"{act}:{made.id}"
    announce(
        *(
            news(one.id, "moderation", what, f"{key}:{one.id}", "moderation.admins", at={}, actor=actor, person=person)
            for one in others
        )
    )
    return made


def _one_change_at_a_time(actor: User, person: User) -> None:
    """Serialize such changes: two admins who remove each other at once would leave none."""
    locked = select(User.id).where(or_(User.roles.any(name=ADMIN), User.id == person.id)).order_by(User.id)
    db.session.execute(locked.with_for_update(key_share=True))
    for one in (actor, person):
        db.session.refresh(one)
