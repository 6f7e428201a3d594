"""The ways in which a service says no; each carries a sentence that may be shown to the person.

A policy gives that sentence, or None (`why_not_*`); `demand` raises it. So a page and a service ask the same rule.
"""

from __future__ import annotations

Link = tuple[str, str]
"""(address, words): where a person who was refused may go on."""
SUSPENDED = "Your account is suspended. Your account page says why and how to answer."


class MarketplaceError(Exception):
    """A rule of the marketplace stands in the way; `str(error)` says which, and what to do instead."""


class NotAllowed(MarketplaceError):
    """The actor may see this thing but may not do that to it (HTTP 403)."""


class NotFound(MarketplaceError):
    """There is no such thing, or none that the actor may know of (HTTP 404)."""


class Conflict(MarketplaceError):
    """The thing changed since the actor looked: somebody was faster (HTTP 409)."""

    def __init__(self, message: str, link: Link | None = None) -> None:
        """`link` (address, words) leads to where it stands now."""
        super().__init__(message)
        self.link = link


class Removed(MarketplaceError):
    """The thing was taken down by a moderator (HTTP 410)."""


class Invalid(MarketplaceError):
    """One field's value breaks a rule that only the service can know (HTTP 422)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotNow(str):
    """A policy's sentence about the moment, not the person: the act was possible before, or will be.

    `demand` raises Conflict with it, NotAllowed with any other.
    """

    __slots__ = ("link",)
    link: Link | None

    def __new__(cls, sentence: str, link: Link | None = None) -> NotNow:
        """`link` as in Conflict."""
        made = super().__new__(cls, sentence)
        made.link = link
        return made


def unless(allowed: object, refusal: str) -> str | None:
    """The sentence, unless the act is allowed: then None."""
    return None if allowed else refusal


def demand(refusal: str | None) -> None:
    """Go on where a policy gave None; raises Conflict with a sentence that is NotNow, NotAllowed with any other."""
    if isinstance(refusal, NotNow):
        raise Conflict(refusal, refusal.link)
    if refusal is not None:
        raise NotAllowed(refusal)
