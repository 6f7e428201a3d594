"""What watches do when a check reports: compare the client's site as it was just seen, and say why it looks alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.states import ResemblanceState
from marketplace.watches.models import WorkWatch
from marketplace.watches.states import WatchState

CLIENTS_SITE = "it is a client’s own site, looked at for a bidder whose work was rejected."


def on_examination(prototype: Prototype, **_: Any) -> None:
    """Compared by the sweep: the check holds other rows now."""
    mine = WorkWatch.site_id == prototype.id, WorkWatch.state == WatchState.WATCHING
    told = update(WorkWatch).where(*mine).values(due_at=prototype.examined_at).returning(WorkWatch.id)
    if db.session.scalars(told.execution_options(synchronize_session=False)).all():
        doorbell.ring(doorbell.SEE_TO_WATCHES)


def on_likeness(resemblance: Resemblance, **_: Any) -> None:
    """The site is nobody's bid: what it looks like is judged by the watch, not as a near-copy."""
    if db.session.scalar(select(WorkWatch.id).where(WorkWatch.site_id == resemblance.prototype_id).limit(1)):
        resemblance.state, resemblance.explanation = ResemblanceState.EXPLAINED, CLIENTS_SITE
