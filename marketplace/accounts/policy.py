"""Who may see a profile."""

from __future__ import annotations

from marketplace.accounts.models import User


def may_see_profile(viewer: User | None, owner: User) -> bool:
    """Everybody, unless it was hidden or its owner suspended; then only the owner and admins."""
    if viewer is not None and (viewer.id == owner.id or viewer.is_admin):
        return True
    return owner.profile.hidden_at is None and not owner.is_suspended
