"""Who acts for whom, who may see a profile and what it shows, and lifetimes of invitations and sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from marketplace.core.errors import SUSPENDED, unless

if TYPE_CHECKING:
    from marketplace.accounts.models import OpenSession, Testimonial, User

INVITATION_DAYS = 60
ADMIN_IDLE, IDLE, LONGEST = timedelta(minutes=30), timedelta(days=14), timedelta(days=31)
"""Lifetimes: idle for admins, idle for others, and the maximum for everybody."""
SEEN_EVERY = timedelta(minutes=2)
"""Resolution of a session's last use, so that not every page writes."""


def acts_for(person: User | None, *owners: int | None) -> bool:
    """Whether the person acts for one of the `owners` (ids of accounts): everybody for themselves, nobody for others.

    The only place that compares a person with an owner: rules that use it need no change once companies with several
    members exist.
    """
    return person is not None and person.id in owners


def why_not_act_for(person: User | None, owner: int, refusal: str) -> str | None:
    """Return `refusal` unless the person acts for `owner`; suspended people are told that they may only read."""
    if person is None or not acts_for(person, owner):
        return refusal
    return SUSPENDED if person.is_suspended else None


def why_not_moderate(person: User | None) -> str | None:
    """Allow admins in good standing."""
    if person is None or not person.is_admin:
        return "Only admins do that."
    return SUSPENDED if person.is_suspended else None


def may_see_profile(viewer: User | None, owner: User) -> bool:
    """Everybody, unless it was hidden or its owner is suspended; then only the owner and admins."""
    if acts_for(viewer, owner.id) or (viewer is not None and viewer.is_admin):
        return True
    return owner.profile.hidden_at is None and not owner.is_suspended


def is_open_invitation(testimonial: Testimonial, now: datetime) -> bool:
    """Whether the mailed link of a past customer still works."""
    return testimonial.written_at is None and now < testimonial.invited_at + timedelta(days=INVITATION_DAYS)


def why_not_open_invitation(reader: User | None, testimonial: Testimonial) -> str | None:
    """Anybody with the link except the praised person, while that person is in good standing."""
    if testimonial.user.is_suspended:
        return "This person’s account is suspended, so nothing can be written about their work now."
    own = acts_for(reader, testimonial.user_id)
    return unless(not own, "Your customer writes here. You can hide what they write, but nobody praises themselves.")


def is_over(session: OpenSession, user: User, now: datetime) -> bool:
    """Whether a session was idle or lasted too long."""
    idle = ADMIN_IDLE if user.is_admin else IDLE
    return now - session.last_seen >= idle or now - session.began_at >= LONGEST
