"""When the client's silence releases a milestone's money, and why it does not for now."""

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
"""Pauses that are about the production site."""


def follow_clock(milestone: Milestone, now: datetime) -> None:
    """Let silence release it after the contract's days, or say why not; call with the contract locked.

    Call it after whatever bears on that: work handed in, things handed over, checks, the payer's bank. When the last
    reason to wait is gone the client has the whole time again. Called twice, nothing happens.
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
    """Silence releases nothing while this stands; both sides are told once for each reason."""
    is_news = milestone.pause != why
    milestone.pause, milestone.pause_evidence, milestone.auto_release_at = why, evidence, None
    if is_news:
        sentence = f"Release by silence is paused for “{milestone.title}”."
        note(milestone.contract, "paused", sentence, now, milestone=milestone, words=pause_words(milestone))
        release_paused.send(milestone)


def _why(milestone: Milestone) -> tuple[Pause, str]:
    """The first reason to wait, and what shows it; the bank's stands whatever else is the case."""
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
    """What the newest checks say; while they can't tell, what they said before stands."""
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
