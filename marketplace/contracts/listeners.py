"""What contracts do when a lower room reports: take a payment, follow the bank, have production judged."""

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
    """A paid charge for a milestone funds it."""
    clock: Clock = current_app.extensions["clock"]
    take_payment(charge, charge.settled_at or clock.now())


def on_bank(held: Hold, **_: Any) -> None:
    """Whatever happens to a hold of ours is looked at by the sweep; what we did ourselves is old news to it."""
    clock: Clock = current_app.extensions["clock"]
    milestone = db.session.scalar(select(Milestone).where(Milestone.hold_id == held.id))
    is_banks = held.state in UNRESOLVED or (held.resolution_key or "").startswith("chargeback:")
    if milestone and is_banks:
        _ask(milestone, What.BANK, held.state, clock.now())


def on_beginning(contract: Contract, **_: Any) -> None:
    """Both have signed, so the award stands: a participation pool goes back to the client."""
    lock_job(contract.award.job)
    settle_soon(contract.award.job, contract.active_at or contract.updated_at)


def on_examination(prototype: Prototype, **_: Any) -> None:
    """A full check of production is compared with the awarded one, by the sweep: the check holds other rows now."""
    _have_judged([prototype], every=True)


def on_checks(prototypes: Sequence[LinkState], **_: Any) -> None:
    """A quick check matters when it is the first to find production live, or finds it down, or up again."""
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
    """Only a new row: the contract is not held here, for whoever holds it may wait for what the sender holds."""
    key = f"{key_of(milestone.contract_id, Planned(what, at, milestone.id))}:{why}"
    values = {"contract_id": milestone.contract_id, "milestone_id": milestone.id, "what": what, "at": at}
    insert_once(Deadline, {**values, "key": key, "due_at": at}, "key")
    doorbell.ring(doorbell.DO_DEADLINES)
