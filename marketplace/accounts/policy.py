"""Who may see a profile and what it shows, and how long an invitation stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketplace.accounts.models import Testimonial, User

INVITATION_DAYS = 60


def may_see_profile(viewer: User | None, owner: User) -> bool:
    """Everybody, unless it was hidden or its owner suspended; then only the owner and admins."""
    if viewer is not None and (viewer.id == owner.id or viewer.is_admin):
        return True
    return owner.profile.hidden_at is None and not owner.is_suspended


def is_open_invitation(testimonial: Testimonial, now: datetime) -> bool:
    """Whether a past customer can still write through the link that they were mailed."""
    return testimonial.written_at is None and now < testimonial.invited_at + timedelta(days=INVITATION_DAYS)
