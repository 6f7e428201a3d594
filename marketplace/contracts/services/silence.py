"""Auto-release of a milestone's money while the client does not respond, and its pauses."""

from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.contracts.models import Milestone
from marketplace.contracts.owed import missing_for, of_freelancer, titles
from marketplace.contracts.queries import newest_go_live_check
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import HANDED_IN, WORKABLE, LineChange, Pause
from marketplace.contracts.wording import pause_words
from marketplace.core.events import release_paused
from marketplace.payments.states import HoldState
from marketplace.prototypes.states import PrototypeState

SITE = frozenset({Pause.DOWN, Pause.DIFFERS})
"""Pauses caused by the production site."""


def follow_clock(milestone: Milestone, now: datetime) -> None:
    """Start the auto-release clock, or pause it with a reason; call with the contract locked.

    Call after anything relevant: submission, handover, checks, chargebacks. After the last pause reason is gone the
    client has the full time again. Idempotent.
    """
    if milestone.state not in WORKABLE:
        return
    why, evidence = _why(milestone)
    if why:
        pause(milestone, why, evidence, now)
        return
    was_paused = bool(milestone.pause)
    milestone.pause, milestone.pause_evidence = Pause.NONE, ""
    if milestone.state in HANDED_IN and milestone.auto_release_at is None:
        milestone.auto_release_at = now + timedelta(days=milestone.contract.auto_release_days)
    if was_paused:
        sentence = f"What stood in the way of “{milestone.title}” is gone."
        note(milestone.contract, "resumed", sentence, now, milestone=milestone)


def pause(milestone: Milestone, why: Pause, evidence: str, now: datetime) -> None:
    """Pause auto-release; notify both sides once per reason."""
    is_news = milestone.pause != why
    milestone.pause, milestone.pause_evidence, milestone.auto_release_at = why, evidence, None
    if is_news:
        sentence = f"Release by silence is paused for “{milestone.title}”."
        note(milestone.contract, "paused", sentence, now, milestone=milestone, words=pause_words(milestone))
        release_paused.send(milestone)


def _why(milestone: Milestone) -> tuple[Pause, str]:
    """First reason to pause, with evidence; a bank freeze takes precedence."""
    if milestone.hold and milestone.hold.state == HoldState.FROZEN:
        return Pause.BANK, ""
    if milestone.state not in HANDED_IN:
        return Pause.NONE, ""
    trouble = _trouble_with_site(milestone)
    if trouble[0]:
        return trouble
    owed = of_freelancer(missing_for(milestone))
    return (Pause.OWED, titles(owed)) if owed else (Pause.NONE, "")


def _trouble_with_site(milestone: Milestone) -> tuple[Pause, str]:
    """Result of the newest checks; while they are inconclusive, the previous pause stays."""
    production = milestone.production
    if production is None:
        return Pause.NONE, ""
    if production.is_confirmed_dead or production.state == PrototypeState.REFUSED:
        return Pause.DOWN, production.summary
    newest = newest_go_live_check(milestone.id)
    seen = newest if newest and newest.at >= production.submitted_at else None
    if seen and seen.outcome == LineChange.DIFFERENT:
        return Pause.DIFFERS, " ".join(seen.reasons)
    is_sound = production.state == PrototypeState.LIVE and seen and seen.outcome != LineChange.UNCLEAR
    if milestone.pause in SITE and not is_sound:
        return Pause(milestone.pause), milestone.pause_evidence
    return Pause.NONE, ""
