"""Watched links: submit, change, request a check, stop watching; the checks themselves are in quick_checks.py."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select, update

from marketplace.core import doorbell
from marketplace.core.claims import end_claim
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.prototypes.models import FullCheckSchedule, Prototype, PrototypeRevision
from marketplace.prototypes.states import WAITING, PrototypeState, ReviewState

ASK_AGAIN_AFTER = timedelta(minutes=1)


def submit_link(url: str, requirements: list[dict[str, Any]], now: datetime) -> Prototype:
    """Start watching a link at revision 1; its first check is due now. `requirements`: [{"id", "kind", "value"}]."""
    prototype = Prototype(url=url, requirements=requirements, due_at=now, submitted_at=now)
    db.session.add(prototype)
    db.session.flush()
    db.session.add_all(
        [
            PrototypeRevision(prototype_id=prototype.id, revision=1, url=url, submitted_at=now),
            FullCheckSchedule(prototype_id=prototype.id),
        ]
    )
    doorbell.ring(doorbell.CHECK_PROTOTYPES)
    return prototype


def change_link(prototype: Prototype, url: str, requirements: list[dict[str, Any]], now: datetime) -> None:
    """Change URL or requirements; a new URL is a new revision. A check is due now.

    A check of the old revision that is under way loses its lease and is not stored.
    """
    if url == prototype.url and requirements == prototype.requirements and prototype.watched:
        return
    if url != prototype.url:
        prototype.url, prototype.submitted_at = url, now
        prototype.revision += 1
        prototype.failures, prototype.failing_since, prototype.unknowns = 0, None, 0
        prototype.met = prototype.measured = prototype.response_ms = None
        prototype.summary, prototype.checked_at = "", None
        prototype.polish = prototype.picture_key = prototype.thumbnail_key = None
        prototype.control, prototype.review = "", ReviewState.NONE
        db.session.add(
            PrototypeRevision(prototype_id=prototype.id, revision=prototype.revision, url=url, submitted_at=now)
        )
    if requirements != prototype.requirements:
        prototype.met = prototype.measured = None  # they counted other requirements
    prototype.requirements, prototype.watched, prototype.examined_at = requirements, True, None
    _make_due(prototype, f"changed:{now:%Y%m%dT%H%M%S%f}", now)


def request_check(prototype: Prototype, now: datetime) -> None:
    """Make a check due on request; raises Conflict while one is under way, or within a minute of the last request."""
    if prototype.is_waiting:
        raise Conflict("This link is being checked already.")
    if prototype.requested_at and now - prototype.requested_at < ASK_AGAIN_AFTER:
        raise Conflict("You asked for a check less than a minute ago. Wait a moment, then try again.")
    prototype.requested_at = now
    _make_due(prototype, f"asked:{now:%Y%m%dT%H%M%S%f}", now)


def stop_watching(prototype_ids: list[int]) -> None:
    """Stop rechecks; records stay, and a check that is already due still runs."""
    db.session.execute(
        update(Prototype)
        .where(Prototype.id.in_(prototype_ids))
        .values(watched=False, due_at=case((Prototype.state.in_(WAITING), Prototype.due_at), else_=None))
        .execution_options(synchronize_session=False)
    )


def watch_again(prototype_ids: list[int], now: datetime) -> None:
    """Resume rechecks, the first one now; call with the prototypes locked, or in the order of their ids."""
    let_go = select(Prototype).where(Prototype.id.in_(prototype_ids), Prototype.watched.is_(False))
    locked = let_go.order_by(Prototype.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    for prototype in db.session.scalars(locked):
        prototype.watched = True
        if not prototype.is_waiting:
            prototype.cause = f"watched again:{now:%Y%m%dT%H%M%S%f}"
            end_claim(prototype, now)
            doorbell.ring(doorbell.CHECK_PROTOTYPES)


def _make_due(prototype: Prototype, cause: str, now: datetime) -> None:
    prototype.state, prototype.cause = PrototypeState.QUEUED, cause
    end_claim(prototype, now)
    doorbell.ring(doorbell.CHECK_PROTOTYPES)
