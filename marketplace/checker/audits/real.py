"""Is it a real site: sums up signs of a page that is no working site; no single sign is enough.

Evidence: signs [{sign, weight, seen}], weight (their sum), bound (what the sum must reach).
"""

from __future__ import annotations

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.audits.signs import SIGNS

NAME = "real"
VERSION = 2
BOUND = 10
"""From this sum on it is no working site; no single sign weighs as much."""
REMARK = 7
"""From this sum on the audit is a note."""


def audit(seen: AuditInput) -> Audit:
    """Bad from BOUND on, even for a page read only in part; a note from REMARK on."""
    found = sorted(
        ((sign, what) for sign in SIGNS if (what := sign.look(seen))), key=lambda one: one[0].weight, reverse=True
    )
    weight = sum(sign.weight for sign, _ in found)
    signs = [{"sign": sign.name, "weight": sign.weight, "seen": what[:200]} for sign, what in found]
    evidence = {"signs": signs, "weight": weight, "bound": BOUND}
    if weight >= BOUND:
        words = "; ".join(sign.words for sign, _ in found[:3])
        return Audit(NAME, VERSION, Tone.BAD, f"Not a working site: {words}.", found[0][0].mend, evidence)
    if unread := _unread(seen):
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, unread, "", evidence)
    if weight >= REMARK:
        sign = found[0][0]
        return Audit(NAME, VERSION, Tone.NOTE, f"Perhaps not finished: {sign.words}.", sign.mend, evidence)
    return Audit(NAME, VERSION, Tone.GOOD, "Looks like a working site.", "", evidence)


def _unread(seen: AuditInput) -> str:
    """Why the page could not be judged; empty when it could."""
    if not seen.is_live or seen.facts is None:
        return "The page couldn’t be read, so nothing can be said of it."
    return "Scripts write this page; it takes a browser to tell." if seen.is_unwritten else ""
