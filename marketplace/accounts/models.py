"""People and what they show of themselves."""

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
        permissions = None  # Flask-Security looks for it; our policies do not use it


class User(Base, UserMixin):
    """One person's account."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    """In lower case, so that one address is one account."""
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    """What a session holds; a new value signs the person out everywhere."""
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
    """That an account got another e-mail address; whoever has the old one may take it back (services/addresses.py)."""

    __tablename__ = "email_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[str] = mapped_column(String(255))
    new_email: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    """When it was taken back, itself or with an earlier one."""


class Profile(Base):
    """What a person says of themselves in public."""

    __tablename__ = "profiles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    headline: Mapped[str] = mapped_column(String(120), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    skills: Mapped[list[str]] = mapped_column(default=list)
    rate_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Usual hourly rate, minor units of `rate_currency`."""
    rate_currency: Mapped[str] = mapped_column(String(3), default="EUR")
    country: Mapped[str | None] = mapped_column(String(2))
    """ISO 3166 alpha-2, if the person names one; for readers and the fairness figures, never for the rank."""
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
    """Key in the file store; always a WebP that we encoded ourselves."""
    thumbnail_key: Mapped[str | None] = mapped_column(String(64))
    """The same, small: what pages show."""
    picture_alt: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]


class Testimonial(Base):
    """What a past customer wrote through a signed link; the owner may hide it, never edit it."""

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
    """An address whose owner wants no invitations, whoever sends them."""

    __tablename__ = "refused_addresses"

    email: Mapped[str] = mapped_column(String(255), primary_key=True)
    """In lower case."""
    refused_at: Mapped[datetime]


class AccountSignal(Base):
    """That an account was seen with a browser, on a network address or with a payout account: a keyed hash of it."""

    __tablename__ = "account_signals"
    __table_args__ = (
        CheckConstraint("kind IN ('device', 'address', 'payout')", name="kind_known"),
        Index("ix_account_signals_kind_digest", "kind", "digest"),
        Index("ix_account_signals_last_seen", "last_seen"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    """128 bits of an HMAC in hexadecimal digits; what was hashed is kept nowhere."""
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class KnownPair(Base):
    """Two accounts that share signals, of which an admin knows that they are two people: nothing links them."""

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
    """How often something was tried of late: passwords for an account, links to an address (services/tries.py)."""

    __tablename__ = "try_counts"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    """128 bits of an HMAC in hexadecimal digits; what was hashed is kept nowhere."""
    tries: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class OpenSession(Base):
    """One browser that is signed in; without its row a session cookie opens nothing, however well it is signed."""

    __tablename__ = "open_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the random token in the cookie, hexadecimal: who reads the database can't sign in with it."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime] = mapped_column(index=True)
    last_seen: Mapped[datetime] = mapped_column(index=True)
    """To within a few minutes (policy.SEEN_EVERY)."""
