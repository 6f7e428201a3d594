"""Run due deadlines of contracts: reminders, auto-releases, comparisons of production sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from marketplace.contracts.models import Contract, Deadline, Milestone
from marketplace.contracts.schedule import ASKED, Planned, What, deadlines_of
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.offering import fall_through
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.production import judge_production
from marketplace.contracts.services.silence import follow_clock
from marketplace.contracts.services.working import follow_bank, release_by_silence
from marketplace.contracts.states import CLOCK
from marketplace.core.claims import end_claim
from marketplace.core.database import db
from marketplace.core.events import deadline_near
from marketplace.core.sweeps import Claim, Clock, Rows
from marketplace.prototypes.services import stop_watching

NOT_SIGNED = "Not both sides had signed when the offer’s time was over."


def _see_to(claim: Claim[Deadline], clock: Clock) -> None:
    contract = lock_contract(db.session.get_one(Contract, claim.parent_id))
    deadline = claim.lock()
    if deadline is None or deadline.due_at is None:
        return  # claimed by another worker, or cancelled meanwhile
    now = clock()
    end_claim(deadline, None)
    planned = Planned(What(deadline.what), deadline.at, deadline.milestone_id)
    if planned.what not in ASKED and planned not in deadlines_of(contract):
        return
    deadline.done_at = now
    db.session.flush()
    _ACTS.get(planned.what, _remind)(contract, deadline, now)


def _remind(contract: Contract, deadline: Deadline, now: datetime) -> None:
    """Send a reminder through higher rooms; a release warning only while auto-release is not paused.

    Of several reminders due together, after an outage or a late start, send only the newest.
    """
    kin = (one.at for one in deadlines_of(contract) if (one.what, one.milestone_id) == _kind_of(deadline))
    if any(deadline.at < at <= now for at in kin):
        return
    milestone = _milestone(contract, deadline)
    if milestone and deadline.what == What.RELEASE_WARNING:
        follow_clock(milestone, now)
        if milestone.pause:
            plan(contract)
            return
    deadline_near.send(deadline, contract=contract, milestone=milestone)


def _expire(contract: Contract, deadline: Deadline, now: datetime) -> None:
    fall_through(contract, CLOCK, NOT_SIGNED, now)


def _release(contract: Contract, deadline: Deadline, now: datetime) -> None:
    if milestone := _milestone(contract, deadline):
        release_by_silence(milestone, now)


def _judge(contract: Contract, deadline: Deadline, now: datetime) -> None:
    if milestone := _milestone(contract, deadline):
        judge_production(milestone, now)


def _follow_bank(contract: Contract, deadline: Deadline, now: datetime) -> None:
    if milestone := _milestone(contract, deadline):
        follow_bank(milestone, now)


def _end_warranty(contract: Contract, deadline: Deadline, now: datetime) -> None:
    milestone = _milestone(contract, deadline)
    if milestone and milestone.production_id:
        stop_watching([milestone.production_id])
    _remind(contract, deadline, now)


def _kind_of(deadline: Deadline) -> tuple[What, int | None]:
    return What(deadline.what), deadline.milestone_id


def _milestone(contract: Contract, deadline: Deadline) -> Milestone | None:
    return next((one for one in contract.milestones if one.id == deadline.milestone_id), None)


_ACTS: dict[What, Callable[[Contract, Deadline, datetime], None]] = {
    What.OFFER_EXPIRES: _expire,
    What.AUTO_RELEASE: _release,
    What.COMPARE: _judge,
    What.BANK: _follow_bank,
    What.WARRANTY_ENDS: _end_warranty,
}
"""Deadlines that trigger an action; all others are only reminders."""

do_due = Rows(Deadline, _see_to, parent="contract_id")
"""Sweep that runs each due deadline once."""
