"""What people do with their accounts: join, present themselves, ask past customers for a word."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from flask_security.utils import hash_password
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import func, select

from marketplace.accounts.models import FREELANCER, PortfolioItem, Profile, Role, Testimonial, User
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.events import testimonial_written
from marketplace.core.outbox import post_mail
from marketplace.core.text import unique_slug

INVITATION_SECONDS = 60 * 24 * 3600
MAX_PORTFOLIO = 24
MAX_OPEN_INVITATIONS = 20


def role_named(name: str) -> Role:
    """The role, made at its first use."""
    role = db.session.scalar(select(Role).where(Role.name == name))
    if role is None:
        db.session.add(role := Role(name=name))
        db.session.flush()
    return role


def create_user(
    email: str, password: str, name: str, roles: Iterable[str], now: datetime, *, confirmed: bool = False
) -> User:
    """A new person with a profile; raises Conflict when the e-mail address is taken."""
    if db.session.scalar(select(User.id).where(func.lower(User.email) == email.lower())):
        raise Conflict(f"There is an account for {email} already.")
    user = User(
        email=email,
        password=hash_password(password),
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
    """A new display name, and which of client and freelancer the person is; admin stays as it was."""
    keep = [role for role in user.roles if role.name == "admin"]
    user.name = name
    user.roles = keep + [role_named(role) for role in roles]


def sign_out_everywhere(user: User) -> None:
    """Make every session and remember-me cookie of this person worthless, the current one too."""
    user.fs_uniquifier = secrets.token_hex(16)


def change_profile(
    user: User, *, headline: str, about: str, skills: list[str], rate_minor: int | None, currency: str
) -> None:
    """What the public profile says."""
    profile = user.profile
    profile.headline, profile.about, profile.skills = headline, about, skills
    profile.rate_minor, profile.rate_currency = rate_minor, currency


def add_portfolio_item(
    user: User, *, title: str, description: str, link: str, alt: str, picture_key: str | None, now: datetime
) -> PortfolioItem:
    """One more piece of earlier work; raises Invalid when there are too many."""
    held = db.session.scalar(select(func.count()).where(PortfolioItem.user_id == user.id)) or 0
    if held >= MAX_PORTFOLIO:
        raise Invalid("title", f"A portfolio holds {MAX_PORTFOLIO} pieces at most. Remove one first.")
    item = PortfolioItem(user_id=user.id, title=title, description=description, link=link, created_at=now)
    item.picture_alt, item.picture_key = alt, picture_key
    db.session.add(item)
    db.session.flush()
    return item


def invite_testimonial(
    user: User, email: str, signer: URLSafeTimedSerializer, site_url: str, now: datetime
) -> Testimonial:
    """Mail a past customer a signed link to write through; raises Invalid for too many or one's own address."""
    if not user.is_freelancer:
        raise Invalid("email", "Only freelancers collect testimonials. Add that role on your account page.")
    if email.lower() == user.email.lower():
        raise Invalid("email", "Enter a past customer's address, not your own.")
    mine = select(func.count()).where(Testimonial.user_id == user.id)
    if (db.session.scalar(mine.where(Testimonial.written_at.is_(None))) or 0) >= MAX_OPEN_INVITATIONS:
        raise Invalid("email", f"{MAX_OPEN_INVITATIONS} invitations are waiting already. Wait for some answers first.")
    if db.session.scalar(mine.where(func.lower(Testimonial.invited_email) == email.lower())):
        raise Invalid("email", "You have invited this customer already.")
    testimonial = Testimonial(user_id=user.id, invited_email=email, invited_at=now)
    db.session.add(testimonial)
    db.session.flush()
    url = f"{site_url}/testimonials/{signer.dumps(testimonial.id)}"
    text = (
        f"{user.name} has worked for you and would like to show a few words from you on Prebuilt.\n\n"
        f"Write them here (the link is yours alone and works for 60 days):\n{url}\n\n"
        "They will be public, with your name. Nobody but you can change what you write."
    )
    post_mail(email, f"{user.name} asks you for a testimonial", text, now, dedupe_key=f"testimonial:{testimonial.id}")
    return testimonial


def open_invitation(token: str, signer: URLSafeTimedSerializer) -> Testimonial:
    """The testimonial that a signed link is for; raises NotFound when forged, too old or used."""
    try:
        testimonial_id = signer.loads(token, max_age=INVITATION_SECONDS)
    except BadSignature:
        raise NotFound("This link is not valid any more. Ask for a new one.") from None
    testimonial = db.session.get(Testimonial, testimonial_id)
    if testimonial is None or testimonial.written_at is not None:
        raise NotFound("This link was used already. Thank you for your words.")
    return testimonial


def write_testimonial(testimonial: Testimonial, name: str, role: str, text: str, now: datetime) -> None:
    """The customer's words, once; the owner hears of them."""
    testimonial.author_name, testimonial.author_role, testimonial.text = name, role, text
    testimonial.written_at = now
    testimonial_written.send(testimonial)


def show_or_hide_testimonial(testimonial: Testimonial, *, hide: bool, now: datetime) -> None:
    """The owner may hide what was written, and show it again; never edit it."""
    testimonial.owner_hid_at = now if hide else None


def is_hireable(user: User) -> bool:
    """Whether the person offers work."""
    return any(role.name == FREELANCER for role in user.roles)
