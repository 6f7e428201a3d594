"""The result of a full check: its record, fingerprint, polish and proof of control."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.checker.likeness.compare import PageFingerprint
from marketplace.checker.record import CheckRecord

MORE_TRIES = {"crashed": 3, "own_fault": 3, "host_busy": 3, "timed_out": 1}
"""Reason why a page was not rendered -> retries; only reasons that are our fault or may be temporary."""

OWN_REASONS = frozenset({"crashed", "own_fault", "host_busy", "no_browser"})
"""Reasons why a page wasn't rendered that say nothing about the page."""


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
    """Screenshots were taken but could not be stored."""

    @property
    def more_tries(self) -> int:
        """How many retries this result allows."""
        if self.lost_pictures:
            return MORE_TRIES["own_fault"]
        rendering = self.record.rendering
        return MORE_TRIES.get(rendering.reason, 0) if rendering else 0
