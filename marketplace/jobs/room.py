"""Jobs: spec, requirements, lifecycle, search, participation pools."""

from __future__ import annotations

from marketplace.core import doorbell, events
from marketplace.core.database import db
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Clock, Sweep
from marketplace.jobs import listeners
from marketplace.jobs.categories import category_name
from marketplace.jobs.requirements import sentence
from marketplace.jobs.services.lifecycle import end_due


def _end_jobs(clock: Clock, _seconds: float) -> int:
    moved = end_due(clock())
    db.session.commit()
    return moved


ROOM = Room(
    views="marketplace.jobs.views",
    listeners=((events.charge_settled, listeners.on_payment),),
    template_globals={"category_name": category_name, "requirement_sentence": sentence},
    sweeps=(Sweep(doorbell.END_JOBS, _end_jobs, every=15, queue="deadlines"),),
)
