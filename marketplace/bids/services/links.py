"""Keep a bid's prototype in step with its typed link: create, change or stop watching it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.services import change_link, stop_watching, submit_link


def lines_of(job: Job) -> list[dict[str, Any]]:
    """The job's requirements in the format stored on a prototype."""
    return [{"id": str(line.id), "kind": line.kind, "value": line.value} for line in job.requirements]


def follow_link(bid: Bid, now: datetime) -> bool:
    """Sync the bid's prototype with its typed link; return whether that made a check due."""
    prototype = locked_prototype(bid)
    if not bid.prototype_url:
        if prototype is not None:
            stop_watching([prototype.id])
            bid.prototype_id, bid.prototype = None, None
        return False
    if prototype is None:
        prototype = submit_link(bid.prototype_url, lines_of(bid.job), now)
        bid.prototype_id, bid.prototype = prototype.id, prototype
        return True
    before = prototype.cause
    change_link(prototype, bid.prototype_url, lines_of(bid.job), now)
    return prototype.cause != before


def locked_prototype(bid: Bid) -> Prototype | None:
    """Reload and lock the bid's prototype, so a concurrent verdict is not overwritten."""
    if bid.prototype_id is None:
        return None
    return db.session.scalar(
        select(Prototype)
        .where(Prototype.id == bid.prototype_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
