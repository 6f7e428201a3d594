"""Compare what went live with what was awarded: a pure comparison of two full checks, with every reason in words.

Rule (docs/decisions/0018): it is different if a requirement the awarded work met fails in production, or if the page
shares neither half its text nor its look. Whatever could not be measured is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.checker.audits.hosts import is_same_site
from marketplace.checker.likeness.compare import LIKE_PICTURE, LIKE_TEXT, PageFingerprint, likeness
from marketplace.checker.outline import outline_likeness
from marketplace.checker.record import CheckRecord
from marketplace.checker.requirements import Finding
from marketplace.checker.requirements import Outcome as Tried
from marketplace.contracts.states import LineChange
from marketplace.jobs.requirements import sentence

LIKE_STRUCTURE = 0.5
"""With this share of headings, links and forms in common, text and pictures may have changed."""
MOST_DIFFERENCES = 20
PROTOTYPES_HOST = "It is where the prototype is, so nothing shows that it is live on the client’s own domain."
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side: its full check and, if available, its fingerprint."""

    record: CheckRecord
    print: PageFingerprint | None = None


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One requirement on both sides; None where it was not checked."""

    kind: str
    value: str
    awarded: Tried | None
    production: Tried | None
    evidence: str

    @property
    def is_lost(self) -> bool:
        """Whether production fails what the awarded work met or, without an awarded prototype, what was agreed."""
        return self.production is Tried.NOT_MET and self.awarded in (Tried.MET, None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Similarity of both sides, each 0..1 or None if unknown, and the outcome."""

    outcome: LineChange
    reasons: tuple[str, ...]
    text: float | None = None
    picture: float | None = None
    structure: float | None = None


def compare(awarded: ComparedSide | None, production: ComparedSide, prototype_url: str = "") -> Comparison:
    """Compare production with the awarded revision; without one, check only the requirements.

    `prototype_url` is the prototype's address at the award: its host is never accepted as the client's domain.
    """
    text, picture, structure = _likeness(awarded, production)
    reasons = [_lost(line) for line in lines(awarded, production) if line.is_lost]
    if _looks_different(text, picture, structure):
        reasons.append(_difference(text, picture))
    if reasons:
        outcome = LineChange.DIFFERENT
    elif not production.record.is_full or not _was_seen(production):
        outcome, reasons = LineChange.UNCLEAR, ["The production site could not be seen in a browser this time."]
    elif is_prototypes_host(production, awarded, prototype_url):
        outcome, reasons = LineChange.UNPROVEN, [PROTOTYPES_HOST]
    elif not is_proven(production.record):
        outcome, reasons = LineChange.UNPROVEN, ["The client’s code is not on the site yet."]
    else:
        outcome = LineChange.SAME
    return Comparison(outcome, tuple(reasons), text, picture, structure)


def lines(awarded: ComparedSide | None, production: ComparedSide) -> list[ComparedLine]:
    """Compare requirement by requirement, in production's order."""
    before = {one.id: one.outcome for one in awarded.record.requirements} if awarded else {}
    return [_line(one, before.get(one.id)) for one in production.record.requirements]


def is_proven(record: CheckRecord) -> bool:
    """Whether the client's token was found on the site."""
    control = record.audit("control")
    return bool(control and control.evidence.get("proven_by"))


def text_differences(awarded: str, production: str) -> tuple[list[str], list[str]]:
    """Sentences only on the awarded page, and only in production; at most MOST_DIFFERENCES each, in page order."""
    ours, theirs = _sentences(awarded), _sentences(production)
    return _only(ours, theirs), _only(theirs, ours)


def is_prototypes_host(production: ComparedSide, awarded: ComparedSide | None, prototype_url: str) -> bool:
    """Whether production, including redirects, is on the prototype's site, including its redirects."""
    prototypes = {prototype_url, *(_addresses(awarded) if awarded else ())} - {""}
    return any(is_same_site(one, other) for one in _addresses(production) for other in prototypes)


def _addresses(side: ComparedSide) -> set[str]:
    rendering = side.record.rendering
    return {side.record.url, *(hop.url for hop in side.record.hops), rendering.url if rendering else ""} - {""}


def _likeness(
    awarded: ComparedSide | None, production: ComparedSide
) -> tuple[float | None, float | None, float | None]:
    if awarded is None:
        return None, None, None
    structure = outline_likeness(awarded.record.outline, production.record.outline)
    if awarded.print is None or production.print is None:
        return None, None, structure
    found = likeness(awarded.print, production.print)
    return found.text, found.picture, structure


def _looks_different(text: float | None, picture: float | None, structure: float | None) -> bool:
    """At least one similarity is known and none reaches its threshold."""
    signs = ((text, LIKE_TEXT), (picture, LIKE_PICTURE), (structure, LIKE_STRUCTURE))
    told = [value >= least for value, least in signs if value is not None]
    return bool(told) and not any(told)


def _difference(text: float | None, picture: float | None) -> str:
    parts = [f"{value:.0%} of its {what}" for value, what in ((text, "text"), (picture, "look")) if value is not None]
    shared = f" It shares {' and '.join(parts)} with it." if parts else ""
    return f"It does not look like the awarded work.{shared}"


def _was_seen(side: ComparedSide) -> bool:
    return side.record.rendering is not None and side.record.rendering.is_measured


def _line(finding: Finding, awarded: Tried | None) -> ComparedLine:
    return ComparedLine(finding.kind, finding.value, awarded, finding.outcome, finding.evidence)


def _lost(line: ComparedLine) -> str:
    wanted = sentence(line.kind, line.value)
    before = "The awarded work met this, production does not" if line.awarded else "What was agreed is not met"
    return f"{before}: {wanted}."


def _sentences(text: str) -> list[str]:
    return [" ".join(part.split()) for part in _SENTENCE_END.split(text) if part.strip()]


def _only(these: Sequence[str], those: Sequence[str]) -> list[str]:
    known = {one.casefold() for one in those}
    return [one for one in dict.fromkeys(these) if one.casefold() not in known][:MOST_DIFFERENCES]
