"""Joining, roles, and changes to the public profile."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import ADMIN, Profile, Role, User
from marketplace.accounts.services.sessions import end_sessions
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.core.events import profile_changed
from marketplace.core.text import unique_slug


def role_named(name: str) -> Role:
    """Return the role, created at its first use; safe if two create it at once."""
    wanted = select(Role).where(Role.name == name)
    role = db.session.scalar(wanted)
    if role is None:
        try:
            with db.session.begin_nested():
                db.session.add(role := Role(name=name))
        except IntegrityError:
            role = db.session.scalars(wanted).one()
    return role


def create_user(
    email: str, password: str, name: str, roles: Iterable[str], now: datetime, *, confirmed: bool = False
) -> User:
    """Create a person with a profile; raises Conflict when the e-mail address is taken."""
    if db.session.scalar(select(User.id).where(User.email == email.lower())):
        raise Conflict(f"There is an account for {email} already.")
    user = User(
        email=email,
        password=hash_password(unicodedata.normalize("NFKD", password)),  # as Flask-Security's forms do
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        confirmed_at=now if confirmed else None,
        name=name,
        slug=unique_slug(name),
        created_at=now,
        roles=[role_named(role) for role in roles],
        profile=Profile(skills=[]),
    )
    db.session.add(user)
    db.session.flush()
    return user


def change_settings(user: User, name: str, roles: Iterable[str]) -> None:
    """Change the display name, and the roles client and freelancer; admin stays as it was."""
    keep = [role for role in user.roles if role.name == ADMIN]
    user.name = name
    user.roles = keep + [role_named(role) for role in roles]


def set_admin(person: User, *, to: bool) -> None:
    """Grant or revoke the admin role; idempotent."""
    others = [role for role in person.roles if role.name != ADMIN]
    person.roles = [*others, role_named(ADMIN)] if to else others


def sign_out_everywhere(user: User) -> None:
    """End every session of this person, the current one too, and invalidate every mailed link to their account."""
    user.fs_uniquifier = secrets.token_hex(16)
    end_sessions(user)


def change_profile(
    user: User,
    *,
    headline: str,
    about: str,
    skills: list[str],
    rate_minor: int | None,
    currency: str,
    country: str | None,
) -> None:
    """Change the public profile; `country` is an ISO 3166 alpha-2 code, None where the person prefers not to say."""
    profile = user.profile
    profile.headline, profile.about, profile.skills = headline, about, skills
    profile.rate_minor, profile.rate_currency, profile.country = rate_minor, currency, country
    db.session.flush()
    profile_changed.send(user)
