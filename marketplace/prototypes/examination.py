"""What a full check comes to: the record, and what is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.prototypes.originality.fingerprint import Print
from marketplace.prototypes.record import CheckRecord

OWN_FAULTS = frozenset({"crashed", "own_fault"})
"""Reasons for which a page was not rendered that another try may not meet."""


@dataclass(frozen=True, slots=True)
class Examination:
    """A full check's record, and what comes with it."""

    record: CheckRecord
    fingerprint: Print | None = None
    """None when the page could not be read."""
    polish: float | None = None
    """Speed and accessibility, 0..1; None when not measured."""
    control: str = ""
    """How control of the site was proven: meta | file | dns, or empty."""

    @property
    def is_spoiled(self) -> bool:
        """Whether our own fault kept the browser from telling."""
        rendering = self.record.rendering
        return rendering is not None and rendering.reason in OWN_FAULTS
