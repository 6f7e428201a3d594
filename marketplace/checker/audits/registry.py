"""The list of auditors, and how they run: isolated, so that one that fails stops no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from marketplace.checker.audits import accessibility, control, hints, liveness, real, rendering, safe
from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput

log = logging.getLogger(__name__)


class Auditor(NamedTuple):
    """A pure function from AuditInput to one Audit."""

    name: str
    version: int
    """Rises whenever the same site would get another finding."""
    audit: Callable[[AuditInput], Audit]


AUDITORS = (
    Auditor(liveness.NAME, liveness.VERSION, liveness.audit),
    Auditor(rendering.NAME, rendering.VERSION, rendering.audit),
    Auditor(accessibility.NAME, accessibility.VERSION, accessibility.audit),
    Auditor(real.NAME, real.VERSION, real.audit),
    Auditor(control.NAME, control.VERSION, control.audit),
    Auditor(safe.NAME, safe.VERSION, safe.audit),
    Auditor(hints.NAME, hints.VERSION, hints.audit),
)
"""In the order in which people read them; docs/evidence.md describes each."""


def audit_all(seen: AuditInput) -> tuple[Audit, ...]:
    """One audit of each auditor."""
    return tuple(_audit(auditor, seen) for auditor in AUDITORS)


def _audit(auditor: Auditor, seen: AuditInput) -> Audit:
    try:
        return auditor.audit(seen)
    except Exception:  # one auditor's failure must not lose the others' findings
        log.exception("an auditor failed", extra={"auditor": auditor.name, "url": seen.record.url})
        sentence = "Our checker failed at this. That is our fault, not the bidder’s."
        return Audit(auditor.name, auditor.version, Tone.NOT_MEASURED, sentence)
