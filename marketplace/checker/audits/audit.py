"""What an auditor says: one finding with its tone, a sentence, evidence, and what would mend it."""

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
"""Auditor -> what people call its line."""


def heading_of(name: str) -> str:
    """What people call the auditor's line."""
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
    """What the bidder can do about it; empty where nothing needs mending."""
    evidence: dict[str, Any] = field(default_factory=dict[str, Any])
    """JSON-ready; each auditor documents its keys."""
