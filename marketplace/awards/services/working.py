"""A funded milestone's way to its money: handed in, changes asked for, approved, or released by silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from marketplace.awards import policy
from marketplace.awards.models import Contract, Milestone
from marketplace.awards.services.ending import complete_if_done
from marketplace.awards.services.holding import hold
from marketplace.awards.services.planning import plan
from marketplace.awards.services.production import judge_production, resume, set_production
from marketplace.awards.services.settling import pay_out
from marketplace.awards.services.timeline import note
from marketplace.awards.states import (
    CLIENT,
    CLOCK,
    FREELANCER,
    HANDED_IN,
    HELD,
    MILESTONE_MOVES,
    PAID,
    PAYMENT,
    MilestoneState,
)
from marketplace.awards.wording import BANK_DISPUTES
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import changes_requested, milestone_refunded, milestone_submitted, release_paused
from marketplace.core.transitions import move
from marketplace.payments.states import HoldState

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def submit_work(actor: User, milestone: Milestone, words: str, url: str, now: datetime) -> None:
    """Hand in what was done, with the production site's address if it is live; again, to add or mend something.

    From now on silence releases the money after the contract's days. Raises Invalid without words, Conflict while
    nothing is held.
    """
    contract = hold(milestone.contract)
    _demand_side(actor, contract, FREELANCER, "Only the freelancer hands work in.")
    if not policy.may_submit(actor, milestone):
        raise Conflict("Nothing can be handed in now. The contract’s page shows where the milestone stands.")
    if not words.strip():
        raise Invalid("words", "Say in a sentence what is done.")
    releases = now + timedelta(days=contract.auto_release_days)
    move(
        milestone, MilestoneState.SUBMITTED, FREELANCER, MILESTONE_MOVES,
        submitted_at=now, submission=words.strip(), auto_release_at=releases, paused="",
    )  # fmt: skip
    set_production(milestone, url, now)
    note(contract, "submitted", f"{actor.name} handed in “{milestone.title}”.", now,
         actor=actor, milestone=milestone, words=words.strip())  # fmt: skip
    plan(contract)
    milestone_submitted.send(milestone)


def ask_for_changes(actor: User, milestone: Milestone, reasons: str, now: datetime) -> None:
    """The client says what is missing; silence releases nothing until it is handed in again. Raises Invalid without."""
    contract = hold(milestone.contract)
    _demand_side(actor, contract, CLIENT, "Only the client asks for changes.")
    if not policy.may_ask_changes(actor, milestone):
        raise Conflict("Changes can’t be asked for now. The contract’s page shows where the milestone stands.")
    if not reasons.strip():
        raise Invalid("reasons", "Say what has to change, one point a line.")
    asked = {"changes": reasons.strip(), "auto_release_at": None, "paused": ""}
    move(milestone, MilestoneState.CHANGES_REQUESTED, CLIENT, MILESTONE_MOVES, **asked)
    note(contract, "changes_requested", f"{actor.name} asked for changes to “{milestone.title}”.", now,
         actor=actor, milestone=milestone, words=reasons.strip())  # fmt: skip
    plan(contract)
    changes_requested.send(milestone)


def approve(actor: User, milestone: Milestone, now: datetime) -> None:
    """The client is content: the money goes to the freelancer. Approved again, nothing happens."""
    contract = hold(milestone.contract)
    _demand_side(actor, contract, CLIENT, "Only the client approves work.")
    if milestone.state in PAID:
        return
    if not policy.may_approve(actor, milestone):
        raise Conflict("This can’t be approved now. The contract’s page shows where the milestone stands.")
    pay_out(milestone, MilestoneState.RELEASED, CLIENT, now, actor)
    complete_if_done(contract, CLIENT, now)
    plan(contract)


def release_by_silence(milestone: Milestone, now: datetime) -> None:
    """The client's time is over; call with the contract held and only when the time has come.

    Money that the payer's bank has frozen stays: the release is paused, and both sides read why.
    """
    contract = milestone.contract
    if milestone.state not in HANDED_IN:
        raise Conflict("Nothing waits for the client’s word.")
    try:
        with db.session.begin_nested():
            pay_out(milestone, MilestoneState.AUTO_RELEASED, CLOCK, now)
    except Conflict as refusal:
        db.session.refresh(milestone)
        is_banks = milestone.hold and milestone.hold.state == HoldState.FROZEN
        why = BANK_DISPUTES if is_banks else f"The money can’t be released now: {refusal}"
        milestone.auto_release_at, milestone.paused = None, why
        note(contract, "paused", milestone.paused, now, milestone=milestone)
        release_paused.send(milestone)
    else:
        complete_if_done(contract, CLOCK, now)
    plan(contract)


def follow_bank(milestone: Milestone, now: datetime) -> None:
    """The payer's bank disputes the payment, lets it stand, or has taken it back; call with the contract held.

    While it is frozen silence releases nothing; when it stands the client has the whole time again, if production
    allows it; what is gone counts as refunded.
    """
    contract, held = milestone.contract, milestone.hold
    if held is None or milestone.state not in HELD:
        return
    if held.state == HoldState.FROZEN and milestone.state in HANDED_IN:
        milestone.auto_release_at, milestone.paused = None, BANK_DISPUTES
        note(contract, "paused", BANK_DISPUTES, now, milestone=milestone)
        release_paused.send(milestone)
    elif held.state == HoldState.HELD and milestone.paused == BANK_DISPUTES:
        resume(milestone, now)
        judge_production(milestone, now)
    elif held.state == HoldState.REFUNDED:
        ended = {"decided_at": now, "auto_release_at": None, "paused": ""}
        move(milestone, MilestoneState.REFUNDED, PAYMENT, MILESTONE_MOVES, **ended)
        note(contract, "refunded", f"The client’s bank took the money for “{milestone.title}” back.", now,
             milestone=milestone)  # fmt: skip
        milestone_refunded.send(milestone)
        complete_if_done(contract, PAYMENT, now)
    plan(contract)


def _demand_side(actor: User, contract: Contract, side: str, refusal: str) -> None:
    if policy.acts_for(actor, contract) != side:
        raise NotAllowed(refusal)
