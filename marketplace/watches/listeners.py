"""Event listener of watches: compare the client's site after each check."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.prototypes.models import Prototype
from marketplace.watches.models import WorkWatch
from marketplace.watches.states import WatchState


def on_examination(prototype: Prototype, **_: Any) -> None:
    """Make watches of the site due; the sweep compares, because the check holds locks on other rows."""
    mine = WorkWatch.site_id == prototype.id, WorkWatch.state == WatchState.WATCHING
    told = update(WorkWatch).where(*mine).values(due_at=prototype.examined_at).returning(WorkWatch.id)
    if db.session.scalars(told.execution_options(synchronize_session=False)).all():
        doorbell.ring(doorbell.SEE_TO_WATCHES)
