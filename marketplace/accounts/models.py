"""Tables of accounts and of what they show in public."""

# Flask-Security types its mixins as plain attributes; ours are mapped columns with the same names.
# pyright: reportIncompatibleVariableOverride=false
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from marketplace.core.database import Base

CLIENT, FREELANCER, ADMIN = "client", "freelancer", "admin"

user_roles = Table(
    "user_roles",
    Base.metadata,
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", Integer, ForeignKey("roles.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """client, freelancer or admin; a person may hold several."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    if not TYPE_CHECKING:
        permissions = None  # Flask-Security reads it; our policies do not use it


class User(Base, UserMixin):
    """One person's account."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    """In lower case, so that one address is one account."""
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    """Stored in sessions; a new value signs the person out everywhere."""
    confirmed_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(80), default="")
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
    suspended_reason: Mapped[str | None] = mapped_column(Text)

    roles: Mapped[list[Role]] = relationship(secondary=user_roles, lazy="selectin")
    profile: Mapped[Profile] = relationship(back_populates="user", uselist=False, cascade="all, delete-orphan")

    @validates("email")
    def _lower(self, _column: str, email: str) -> str:
        return email.lower()

    def _has(self, name: str) -> bool:
        return any(role.name == name for role in self.roles)

    @property
    def is_client(self) -> bool:
        return self._has(CLIENT)

    @property
    def is_freelancer(self) -> bool:
        return self._has(FREELANCER)

    @property
    def is_admin(self) -> bool:
        return self._has(ADMIN)

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None


class EmailChange(Base):
    """A change of e-mail address; the owner of the old one may undo it (services/addresses.py)."""

    __tablename__ = "email_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[str] = mapped_column(String(255))
    new_email: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    """When it was undone, itself or with an earlier one."""


class Profile(Base):
    """A person's public description of themselves."""

    __tablename__ = "profiles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    headline: Mapped[str] = mapped_column(String(120), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    skills: Mapped[list[str]] = mapped_column(default=list)
    rate_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Usual hourly rate, in minor units of `rate_currency`."""
    rate_currency: Mapped[str] = mapped_column(String(3), default="EUR")
    country: Mapped[str | None] = mapped_column(String(2))
    """ISO 3166 alpha-2, if given; for readers and the fairness figures, never for the rank."""
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(Text)

    user: Mapped[User] = relationship(back_populates="profile")


class PortfolioItem(Base):
    """One earlier work: a title, a picture, a link."""

    __tablename__ = "portfolio_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(2000), default="")
    picture_key: Mapped[str | None] = mapped_column(String(64))
    """Key in the file store; always a WebP that we encoded."""
    thumbnail_key: Mapped[str | None] = mapped_column(String(64))
    """The same as a thumbnail, for lists."""
    picture_alt: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]


class Testimonial(Base):
    """Written by a past customer through a signed link; the owner may hide it, never edit it."""

    __tablename__ = "testimonials"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    invited_email: Mapped[str] = mapped_column(String(255))
    invited_at: Mapped[datetime]
    author_name: Mapped[str] = mapped_column(String(80), default="")
    author_role: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    written_at: Mapped[datetime | None]
    owner_hid_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(Text)

    user: Mapped[User] = relationship()


class RefusedAddress(Base):
    """An address whose owner refuses invitations from anybody."""

    __tablename__ = "refused_addresses"

    email: Mapped[str] = mapped_column(String(255), primary_key=True)
    """In lower case."""
    refused_at: Mapped[datetime]


class AccountSignal(Base):
    """A keyed hash of a browser, network address or payout account with which an account was seen."""

    __tablename__ = "account_signals"
    __table_args__ = (
        CheckConstraint("kind IN ('device', 'address', 'payout')", name="kind_known"),
        Index("ix_account_signals_kind_digest", "kind", "digest"),
        Index("ix_account_signals_last_seen", "last_seen"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    """128 bits of an HMAC in hexadecimal digits; the hashed value is stored nowhere."""
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class KnownPair(Base):
    """Two accounts that share signals but, as an admin knows, belong to two people: nothing links them."""

    __tablename__ = "known_pairs"
    __table_args__ = (
        CheckConstraint("lower_id < higher_id", name="ordered"),
        Index("uq_known_pairs_lower_id", "lower_id", "higher_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lower_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    higher_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    marked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    marked_at: Mapped[datetime]


class TryCount(Base):
    """Counts recent tries: passwords for an account, links to an address (services/tries.py)."""

    __tablename__ = "try_counts"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    """128 bits of an HMAC in hexadecimal digits; the hashed value is stored nowhere."""
    tries: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class OpenSession(Base):
    """One signed-in browser; without its row a session cookie is invalid, even if correctly signed."""

    __tablename__ = "open_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the random token in the cookie, hexadecimal: a leaked database gives no sign-in."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime] = mapped_column(index=True)
    last_seen: Mapped[datetime] = mapped_column(index=True)
    """Accurate to a few minutes (policy.SEEN_EVERY)."""
