"""The ways in which a service says no; each carries a sentence that may be shown to the person."""

from __future__ import annotations


class MarketplaceError(Exception):
    """A rule of the marketplace stands in the way; `str(error)` says which, and what to do instead."""


class NotAllowed(MarketplaceError):
    """The actor may see this thing but may not do that to it (HTTP 403)."""


class NotFound(MarketplaceError):
    """There is no such thing, or none that the actor may know of (HTTP 404)."""


class Conflict(MarketplaceError):
    """The thing changed since the actor looked: somebody was faster (HTTP 409)."""

    def __init__(self, message: str, link: tuple[str, str] | None = None) -> None:
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
