"""Who sees a profile, as a table, and the lifetime of invitations."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from marketplace.accounts import models
from marketplace.accounts.models import Profile, Role, User
from marketplace.accounts.policy import INVITATION_DAYS, is_open_invitation, may_see_profile
from tests.support.factories import START

OWNER = 1
TABLE = {
    # (hidden, suspended): visitor, stranger, owner, admin
    (False, False): (True, True, True, True),
    (True, False): (False, False, True, True),
    (False, True): (False, False, True, True),
    (True, True): (False, False, True, True),
}


@pytest.mark.parametrize(("state", "expected"), TABLE.items())
def test_who_sees_a_profile(state: tuple[bool, bool], expected: tuple[bool, ...]) -> None:
    hidden, suspended = (START if yes else None for yes in state)
    owner = User(id=OWNER, roles=[], suspended_at=suspended, profile=Profile(hidden_at=hidden))
    viewers = (None, User(id=2, roles=[]), User(id=OWNER, roles=[]), User(id=3, roles=[Role(name="admin")]))
    assert tuple(may_see_profile(viewer, owner) for viewer in viewers) == expected


@pytest.mark.parametrize(
    ("written", "now", "expected"),
    [
        (None, START, True),
        (None, START + timedelta(days=INVITATION_DAYS, seconds=-1), True),
        (None, START + timedelta(days=INVITATION_DAYS), False),
        (START, START, False),
    ],
)
def test_invitation_is_open_for_sixty_days_or_until_answered(
    written: datetime | None, now: datetime, *, expected: bool
) -> None:
    words = models.Testimonial(invited_at=START, written_at=written)
    assert is_open_invitation(words, now) is expected
