"""An auditor's finding: tone, sentence, evidence, and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

HEADINGS = {
    "liveness": "The link",
    "rendering": "In a browser",
    "accessibility": "Accessibility",
    "real": "Is it real",
    "control": "Is it theirs",
    "original": "Is it original",
    "safe": "Safe to visit",
    "hints": "Hints",
}
"""Auditor -> its heading on pages."""


def heading_of(name: str) -> str:
    """The auditor's heading on pages."""
    return HEADINGS.get(name, name)


class Tone(StrEnum):
    """How a finding reads; not measured never counts against a bidder."""

    GOOD = "good"
    NOTE = "note"
    """Worth knowing, neither good nor bad."""
    BAD = "bad"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class Audit:
    """One auditor's finding; the auditors are listed in docs/evidence.md."""

    name: str
    """Which auditor: liveness | rendering | accessibility | real | control | original | safe | hints."""
    version: int
    """Rises whenever the same site would get another finding."""
    tone: Tone
    sentence: str
    """One line for client and bidder."""
    mend: str = ""
    """How the bidder can fix it; empty where nothing needs fixing."""
    evidence: dict[str, Any] = field(default_factory=dict[str, Any])
    """JSON-ready; each auditor documents its keys."""
