"""Contracts room: one winner per job, signatures, milestones, go-live checks, handover."""

from __future__ import annotations

from marketplace.contracts import listeners
from marketplace.contracts.likeness import explain_production
from marketplace.contracts.services.sweeping import do_due
from marketplace.contracts.wording import pause_words
from marketplace.core import doorbell, events
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Sweep

ROOM = Room(
    views="marketplace.contracts.views",
    listeners=(
        (events.charge_settled, listeners.on_payment),
        (events.hold_frozen, listeners.on_bank),
        (events.hold_resolved, listeners.on_bank),
        (events.hold_thawed, listeners.on_bank),
        (events.contract_began, listeners.on_beginning),
        (events.prototypes_checked, listeners.on_checks),
        (events.prototype_examined, listeners.on_examination),
    ),
    explainers=(explain_production,),
    commands=("marketplace.contracts.command:ranking",),
    template_filters={"pause_words": pause_words},
    sweeps=(Sweep(doorbell.DO_DEADLINES, do_due, every=5, queue="deadlines"),),
)
