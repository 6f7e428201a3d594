"""Jobs: spec, requirements, lifecycle, search, participation pools."""

from __future__ import annotations

from marketplace.core import events
from marketplace.core.rooms import Room
from marketplace.jobs import listeners
from marketplace.jobs.categories import category_name
from marketplace.jobs.requirements import sentence

ROOM = Room(
    views="marketplace.jobs.views",
    listeners=((events.charge_settled, listeners.on_payment),),
    template_globals={"category_name": category_name, "requirement_sentence": sentence},
)
