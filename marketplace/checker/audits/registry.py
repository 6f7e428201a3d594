"""The auditors, and how they are run: each by itself, so that one that fails takes no other with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from marketplace.checker.audits import accessibility, control, hints, liveness, real, rendering, safe
from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput

log = logging.getLogger(__name__)


class Auditor(NamedTuple):
    """Judges one side of what was seen."""

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
    except Exception:  # one auditor failing must not cost the findings of the others
        log.exception("an auditor failed", extra={"auditor": auditor.name, "url": seen.record.url})
        sentence = "Our checker failed at this. That is our fault, not the bidder’s."
        return Audit(auditor.name, auditor.version, Tone.NOT_MEASURED, sentence)
