"""What a full check comes to: the record, and what is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.checker.likeness.compare import PageFingerprint
from marketplace.checker.record import CheckRecord

MORE_TRIES = {"crashed": 3, "own_fault": 3, "host_busy": 3, "timed_out": 1}
"""Reason for which a page was not rendered -> how many more tries it gets: what may be our doing, or may pass."""

OWN_REASONS = frozenset({"crashed", "own_fault", "host_busy", "no_browser"})
"""For which a page wasn't rendered although it may be a good one."""


@dataclass(frozen=True, slots=True)
class Examination:
    """A full check's record, and what comes with it."""

    record: CheckRecord
    fingerprint: PageFingerprint | None = None
    """None when the page could not be read."""
    polish: float | None = None
    """Speed and accessibility, 0..1; None when not measured."""
    control: str = ""
    """How control of the site was proven: meta | file | dns, or empty."""
    lost_pictures: bool = False
    """They were taken, and we could not store them."""

    @property
    def more_tries(self) -> int:
        """How many more tries what kept us from telling or showing is worth."""
        if self.lost_pictures:
            return MORE_TRIES["own_fault"]
        rendering = self.record.rendering
        return MORE_TRIES.get(rendering.reason, 0) if rendering else 0
