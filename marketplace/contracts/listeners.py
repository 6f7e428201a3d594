"""Event listeners of contracts: record payments, follow chargebacks, have production compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from marketplace.contracts.models import Contract, Deadline, Milestone
from marketplace.contracts.schedule import Planned, What
from marketplace.contracts.services.planning import key_of
from marketplace.contracts.services.settling import take_payment
from marketplace.contracts.states import HANDED_IN
from marketplace.core import doorbell
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.upserts import insert_once
from marketplace.jobs.services.locking import lock_job
from marketplace.jobs.services.pools import settle_soon
from marketplace.payments.models import Charge, Hold
from marketplace.payments.states import UNRESOLVED
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.quick_check_recording import LinkState
from marketplace.prototypes.states import PrototypeState


def on_payment(charge: Charge, **_: Any) -> None:
    """Fund a milestone when its charge is paid."""
    clock: Clock = current_app.extensions["clock"]
    take_payment(charge, charge.settled_at or clock.now())


def on_bank(held: Hold, **_: Any) -> None:
    """Queue a hold's change by the bank for the sweep; changes made by the marketplace itself are ignored."""
    clock: Clock = current_app.extensions["clock"]
    milestone = db.session.scalar(select(Milestone).where(Milestone.hold_id == held.id))
    is_banks = held.state in UNRESOLVED or (held.resolution_key or "").startswith("chargeback:")
    if milestone and is_banks:
        _ask(milestone, What.BANK, held.state, clock.now())


def on_beginning(contract: Contract, **_: Any) -> None:
    """Return the job's participation pool to the client once both have signed."""
    lock_job(contract.award.job)
    settle_soon(contract.award.job, contract.active_at or contract.updated_at)


def on_examination(prototype: Prototype, **_: Any) -> None:
    """Queue a comparison after a full check; it is left to the sweep because the check holds locks on other rows."""
    _have_judged([prototype], every=True)


def on_checks(prototypes: Sequence[LinkState], **_: Any) -> None:
    """Queue a comparison after a quick check that first finds production live, or finds it down or back up."""
    _have_judged(prototypes, every=False)


def _have_judged(prototypes: Sequence[Prototype | LinkState], *, every: bool) -> None:
    by_id = {one.id: one for one in prototypes}
    handed_in = Milestone.production_id.in_(by_id), Milestone.state.in_(HANDED_IN)
    for milestone in db.session.scalars(select(Milestone).where(*handed_in)):
        production = by_id[milestone.production_id or 0]
        is_news = milestone.live_at is None or milestone.pause or production.state != PrototypeState.LIVE
        if every and production.examined_at:
            _ask(milestone, What.COMPARE, "full", production.examined_at)
        elif is_news and production.checked_at:
            _ask(milestone, What.COMPARE, "quick", production.checked_at)


def _ask(milestone: Milestone, what: What, why: str, at: datetime) -> None:
    """Insert a row without locking the contract: whoever holds that lock may wait for rows the sender holds."""
    key = f"{key_of(milestone.contract_id, Planned(what, at, milestone.id))}:{why}"
    values = {"contract_id": milestone.contract_id, "milestone_id": milestone.id, "what": what, "at": at}
    insert_once(Deadline, {**values, "key": key, "due_at": at}, "key")
    doorbell.ring(doorbell.DO_DEADLINES)
