"""Errors by which a service refuses; each carries a sentence that may be shown to the person.

A policy gives that sentence, or None (`why_not_*`); `demand` raises it. So pages and services share one rule.
"""

from __future__ import annotations

Link = tuple[str, str]
"""(address, words): where a refused person may go on."""
SUSPENDED = "Your account is suspended. Your account page says why and how to answer."


class MarketplaceError(Exception):
    """A marketplace rule forbids the act; `str(error)` says which rule, and what to do instead."""


class NotAllowed(MarketplaceError):
    """The actor may see this thing but not do that to it (HTTP 403)."""


class NotFound(MarketplaceError):
    """The thing does not exist, or the actor may not know that it does (HTTP 404)."""


class Conflict(MarketplaceError):
    """The thing changed since the actor loaded it (HTTP 409)."""

    def __init__(self, message: str, link: Link | None = None) -> None:
        """`link` (address, words) leads to its current state."""
        super().__init__(message)
        self.link = link


class Removed(MarketplaceError):
    """A moderator took the thing down (HTTP 410)."""


class Invalid(MarketplaceError):
    """One field's value breaks a rule that only the service can check (HTTP 422)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotNow(str):
    """A policy's refusal because of the moment, not the person: the act was possible before, or will be.

    `demand` raises Conflict for it, and NotAllowed for any other refusal.
    """

    __slots__ = ("link",)
    link: Link | None

    def __new__(cls, sentence: str, link: Link | None = None) -> NotNow:
        """`link`: see Conflict."""
        made = super().__new__(cls, sentence)
        made.link = link
        return made


def unless(allowed: object, refusal: str) -> str | None:
    """Return `refusal` unless the act is allowed; then None."""
    return None if allowed else refusal


def demand(refusal: str | None) -> None:
    """Raise a policy's refusal: Conflict if it is NotNow, else NotAllowed; do nothing for None."""
    if isinstance(refusal, NotNow):
        raise Conflict(refusal, refusal.link)
    if refusal is not None:
        raise NotAllowed(refusal)
