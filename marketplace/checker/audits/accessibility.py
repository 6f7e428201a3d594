"""Accessibility: axe-core's violations by impact; incomplete rules are listed separately and never count.

Evidence: violations and incomplete, each {critical, serious, moderate, minor} (rules, however often each is broken),
rules [{id, impact, help, nodes}] of the violations, axe (its version).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput

NAME = "accessibility"
VERSION = 1
IMPACTS = ("critical", "serious", "moderate", "minor")
GRAVE = ("critical", "serious")
MAX_RULES = 20


def audit(seen: AuditInput) -> Audit:
    """Bad with a critical or serious violation, a note with lesser ones."""
    axe = seen.rendering.axe
    if axe is None:
        sentence = seen.rendering.sentence or "Nothing looked at this in a browser."
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, sentence)
    violations, incomplete = _rules(axe, "violations"), _rules(axe, "incomplete")
    counts = _by_impact(violations)
    evidence = {
        "violations": counts,
        "incomplete": _by_impact(incomplete),
        "rules": [{key: rule.get(key) for key in ("id", "impact", "help", "nodes")} for rule in violations[:MAX_RULES]],
        "axe": axe.get("version", ""),
    }
    mend = "; ".join(str(rule.get("help")) for rule in violations[:3])
    sentence = _sentence(counts, len(incomplete))
    return Audit(NAME, VERSION, _tone(counts), sentence, f"{mend}." if mend else "", evidence)


def _rules(axe: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The gravest first."""
    rules: Sequence[dict[str, Any]] = axe.get(key, ())
    return sorted(rules, key=lambda rule: IMPACTS.index(_impact(rule)))


def _impact(rule: dict[str, Any]) -> str:
    return rule["impact"] if rule.get("impact") in IMPACTS else "minor"


def _by_impact(rules: list[dict[str, Any]]) -> dict[str, int]:
    return {impact: sum(_impact(rule) == impact for rule in rules) for impact in IMPACTS}


def _tone(violations: dict[str, int]) -> Tone:
    if any(violations[impact] for impact in GRAVE):
        return Tone.BAD
    return Tone.NOTE if any(violations.values()) else Tone.GOOD


def _sentence(violations: dict[str, int], undecided: int) -> str:
    parts = [f"{count} {impact}" for impact, count in violations.items() if count]
    found = f"Accessibility problems: {', '.join(parts)}" if parts else "No accessibility problem found"
    return f"{found}." + (f" {undecided} more to look at by eye; they don’t count." if undecided else "")
