"""Queries on people: a profile with all that it shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import ADMIN, PortfolioItem, Testimonial, User
from marketplace.accounts.policy import acts_for, is_open_invitation, may_see_profile
from marketplace.core.database import db
from marketplace.core.errors import NotFound, Removed


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """A person with portfolio and testimonials as this viewer may see them."""

    user: User
    portfolio: Sequence[PortfolioItem]
    testimonials: Sequence[Testimonial]


def profile_for(viewer: User | None, slug: str) -> PublicProfile:
    """Return the profile at `slug`; raises NotFound, or Removed when a moderator hid it."""
    user = db.session.scalar(select(User).where(User.slug == slug).options(joinedload(User.profile)))
    if user is None or user.confirmed_at is None:
        raise NotFound("There is nobody by that name here.")
    if not may_see_profile(viewer, user):
        raise Removed("This profile was taken down by a moderator.")
    own = acts_for(viewer, user.id)
    return PublicProfile(user, portfolio_of(user.id), testimonials_of(user.id, also_hidden=own))


def portfolio_of(user_id: int) -> Sequence[PortfolioItem]:
    """Return all portfolio items, newest first."""
    return db.session.scalars(
        select(PortfolioItem).where(PortfolioItem.user_id == user_id).order_by(PortfolioItem.id.desc())
    ).all()


def testimonials_of(user_id: int, *, also_hidden: bool = False) -> Sequence[Testimonial]:
    """Return written testimonials that moderators have not hidden; `also_hidden` adds those that the owner hid."""
    written = select(Testimonial).where(
        Testimonial.user_id == user_id, Testimonial.written_at.is_not(None), Testimonial.hidden_at.is_(None)
    )
    if not also_hidden:
        written = written.where(Testimonial.owner_hid_at.is_(None))
    return db.session.scalars(written.order_by(Testimonial.id.desc())).all()


def open_invitations(user_id: int, now: datetime) -> Sequence[Testimonial]:
    """Return unanswered invitations that have not expired."""
    waiting = select(Testimonial).where(Testimonial.user_id == user_id, Testimonial.written_at.is_(None))
    newest_first = db.session.scalars(waiting.order_by(Testimonial.id.desc()))
    return [one for one in newest_first if is_open_invitation(one, now)]


def shown_item(viewer: User | None, item_id: int) -> PortfolioItem:
    """Return a portfolio item that the viewer may see; raises NotFound."""
    item = db.session.get(PortfolioItem, item_id)
    if item is None or not may_see_profile(viewer, db.session.get_one(User, item.user_id)):
        raise NotFound("There is no such piece.")
    return item


def own_item(user: User, item_id: int) -> PortfolioItem:
    """Return the person's own portfolio item; raises NotFound."""
    item = db.session.get(PortfolioItem, item_id)
    if item is None or not acts_for(user, item.user_id):
        raise NotFound("There is no such piece in your portfolio.")
    return item


def own_testimonial(user: User, testimonial_id: int) -> Testimonial:
    """Return a testimonial about this person; raises NotFound."""
    testimonial = db.session.get(Testimonial, testimonial_id)
    if testimonial is None or not acts_for(user, testimonial.user_id) or testimonial.hidden_at is not None:
        raise NotFound("There is no such testimonial.")
    return testimonial


def admins() -> Sequence[User]:
    """Return all admins by name, suspended ones too."""
    return db.session.scalars(select(User).where(User.roles.any(name=ADMIN)).order_by(User.name, User.id)).all()


def admins_in_good_standing() -> int:
    """Count the admins in good standing."""
    able = select(func.count()).select_from(User).where(User.roles.any(name=ADMIN), User.suspended_at.is_(None))
    return db.session.scalar(able) or 0
