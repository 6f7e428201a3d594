"""From funded to paid: submit work, request changes, approve, waive, auto-release."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.contracts import policy
from marketplace.contracts.models import Milestone, Waiver
from marketplace.contracts.owed import missing_for, titles
from marketplace.contracts.services.ending import complete_if_done
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.production import judge_production, set_production
from marketplace.contracts.services.settling import pay_out
from marketplace.contracts.services.silence import follow_clock, pause
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import (
    CLIENT,
    CLOCK,
    FREELANCER,
    HANDED_IN,
    HELD,
    MILESTONE_MOVES,
    PAID,
    PAYMENT,
    STOPPED,
    MilestoneState,
    Owed,
    Pause,
)
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotNow, demand
from marketplace.core.events import changes_requested, milestone_refunded, milestone_submitted
from marketplace.core.transitions import move
from marketplace.payments.states import HoldState

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def submit_work(actor: User, milestone: Milestone, words: str, url: str, now: datetime) -> None:
    """Submit work, with the production site's address if it is live; repeatable to add or fix something.

    Starts the auto-release clock unless something pauses it. Raises Invalid without words, Conflict while no money is
    held.
    """
    contract = lock_contract(milestone.contract)
    demand(policy.why_not_submit(actor, milestone))
    if not words.strip():
        raise Invalid("words", "Say in a sentence what is done.")
    handed_in = {"submitted_at": now, "submission": words.strip(), "auto_release_at": None}
    move(milestone, MilestoneState.SUBMITTED, FREELANCER, MILESTONE_MOVES, **handed_in)
    set_production(milestone, url, now)
    note(contract, "submitted", f"{actor.name} handed in “{milestone.title}”.", now,
         actor=actor, milestone=milestone, words=words.strip())  # fmt: skip
    follow_clock(milestone, now)
    plan(contract)
    milestone_submitted.send(milestone)


def ask_for_changes(actor: User, milestone: Milestone, reasons: str, now: datetime) -> None:
    """Request changes, which stops auto-release until resubmission. Raises Invalid without reasons."""
    contract = lock_contract(milestone.contract)
    demand(policy.why_not_ask_changes(actor, milestone))
    if not reasons.strip():
        raise Invalid("reasons", "Say what has to change, one point a line.")
    stopped = {"auto_release_at": None} if milestone.pause == Pause.BANK else STOPPED  # the bank goes on, told already
    move(milestone, MilestoneState.CHANGES_REQUESTED, CLIENT, MILESTONE_MOVES, changes=reasons.strip(), **stopped)
    note(contract, "changes_requested", f"{actor.name} asked for changes to “{milestone.title}”.", now,
         actor=actor, milestone=milestone, words=reasons.strip())  # fmt: skip
    follow_clock(milestone, now)
    plan(contract)
    changes_requested.send(milestone)


def approve(actor: User, milestone: Milestone, now: datetime, without: Collection[Owed] = ()) -> None:
    """Approve the work and release its money to the freelancer. Idempotent.

    `without` lists missing things the client waives; raises Invalid when anything else is missing.
    """
    contract = lock_contract(milestone.contract)
    refusal = policy.why_not_approve(actor, milestone)
    if isinstance(refusal, NotNow) and milestone.state in PAID:
        return
    demand(refusal)
    if left := [one for one in missing_for(milestone) if one not in without]:
        raise Invalid("without", f"Tick what you do without, or wait for it. Still missing: {titles(left)}.")
    _write_waivers(actor, milestone, without, now)
    pay_out(milestone, MilestoneState.RELEASED, CLIENT, now, actor)
    complete_if_done(contract, CLIENT, now)
    plan(contract)


def waive(actor: User, milestone: Milestone, what: Collection[Owed], now: datetime) -> None:
    """Waive these things for this milestone; auto-release resumes when nothing else is missing.

    Idempotent. Raises Invalid when nothing is named, Conflict while no work is submitted.
    """
    contract = lock_contract(milestone.contract)
    demand(policy.why_not_waive(actor, milestone))
    if not what:
        raise Invalid("without", "Tick what you do without.")
    _write_waivers(actor, milestone, what, now)
    follow_clock(milestone, now)
    plan(contract)


def release_by_silence(milestone: Milestone, now: datetime) -> None:
    """Auto-release the money; call with the contract locked and only when the time is up.

    If something prevents it, pause the release and show both sides why.
    """
    contract = milestone.contract
    if milestone.state not in HANDED_IN:
        raise Conflict("Nothing waits for the client’s word.")
    follow_clock(milestone, now)
    if not milestone.pause:
        try:
            with db.session.begin_nested():
                pay_out(milestone, MilestoneState.AUTO_RELEASED, CLOCK, now)
        except Conflict as refusal:
            db.session.refresh(milestone)
            pause(milestone, Pause.STUCK, str(refusal), now)
        else:
            complete_if_done(contract, CLOCK, now)
    plan(contract)


def follow_bank(milestone: Milestone, now: datetime) -> None:
    """Follow a chargeback: opened, dismissed or lost; call with the contract locked.

    While the money is frozen, auto-release is paused; after dismissal the client has the full time again unless another
    pause holds; lost money counts as refunded.
    """
    contract, held = milestone.contract, milestone.hold
    if held is None or milestone.state not in HELD:
        return
    if held.state == HoldState.REFUNDED:
        move(milestone, MilestoneState.REFUNDED, PAYMENT, MILESTONE_MOVES, decided_at=now, **STOPPED)
        note(contract, "refunded", f"The client’s bank took the money for “{milestone.title}” back.", now,
             milestone=milestone)  # fmt: skip
        milestone_refunded.send(milestone)
        complete_if_done(contract, PAYMENT, now)
    else:
        follow_clock(milestone, now)
        judge_production(milestone, now)
    plan(contract)


def _write_waivers(actor: User, milestone: Milestone, what: Collection[Owed], now: datetime) -> None:
    waived = [one for one in missing_for(milestone) if one in what]
    if not waived:
        return
    for one in waived:
        db.session.add(Waiver(milestone_id=milestone.id, what=one, waived_by=actor.id, at=now))
    sentence = f"{actor.name} does without this for “{milestone.title}”: {titles(waived)}."
    note(milestone.contract, "waived", sentence, now, actor=actor, milestone=milestone)
