"""The originality audit: the sentence on a near-copy, before and after a moderator's decision.

Evidence: {"text", "picture": likeness of the nearest (0..1) or None, "state"}; whose work it is stays sealed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marketplace.checker.audits.audit import Audit, Tone

NAME, VERSION = "original", 1
NOTHING: dict[str, Any] = {"text": None, "picture": None, "state": ""}
_REVIEWED = {
    "flagged": (
        Tone.NOTE,
        "It looks much like another site. A moderator looks at both; until then nothing is taken from it.",
        "If the likeness has a reason, such as a template or earlier work, say so under “What it reuses”.",
    ),
    "rejected": (Tone.BAD, "A moderator found it to be a copy without credit.", ""),
    "cleared": (Tone.GOOD, "It looks like another site; a moderator saw no wrong in it.", ""),
}
"""Review -> tone, sentence, what would mend it."""


def of_a_near_copy(review: str, explanation: str, evidence: dict[str, Any]) -> Audit:
    """The audit of a near-copy; without a review its explanation clears it."""
    explained = (Tone.GOOD, f"It looks like another site, and says why. {explanation}", "")
    tone, sentence, mend = _REVIEWED.get(review, explained)
    return Audit(NAME, VERSION, tone, sentence, mend, evidence)


def as_it_stands(audit: Audit, review: str) -> Audit:
    """The audit updated by a moderator's later decision; others unchanged."""
    if audit.name != NAME or review not in _REVIEWED:
        return audit
    tone, sentence, mend = _REVIEWED[review]
    return replace(audit, tone=tone, sentence=sentence, mend=mend)
