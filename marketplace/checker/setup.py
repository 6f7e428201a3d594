"""How a check is carried out: its guard, limits, politeness and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from config.settings import Settings
from marketplace.checker.audits.proofs import TxtLookup, txt_lookup
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED, Politeness
from marketplace.checker.fetch.result import FetchLimits


@dataclass(frozen=True, slots=True)
class Setup:
    """How to check."""

    guard: Guard = field(default_factory=Guard)
    limits: FetchLimits = field(default_factory=FetchLimits)
    politeness: Politeness = field(default_factory=Politeness)
    redis_url: str = ""
    """Where all workers share each host's turns; without it this one keeps its own."""
    concurrency: int = 128
    """Links checked concurrently."""
    deadline: float = 60.0
    """Seconds for a link with all its pages and waits; past that it is unknown."""
    trust: Path | None = None
    """A PEM file of roots to trust instead of the system's."""
    look_up: TxtLookup = field(default_factory=txt_lookup)
    """Asks for a name's TXT records."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def setup_from(settings: Settings) -> Setup:
    """The product's setup: polite outside development, and the guard's exceptions inside it only."""
    if settings.is_development:
        return Setup(guard=Guard(settings.guard_exceptions), politeness=UNLIMITED)
    return Setup(redis_url=settings.redis_url)
