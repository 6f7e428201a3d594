"""Change the weights in use: proposed by a fit, activated or reverted by an admin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.policy import why_not_moderate
from marketplace.bids.models import WeightVersion
from marketplace.bids.services.rescoring import ask_for_all
from marketplace.bids.states import WEIGHT_MOVES, WeightState
from marketplace.bids.weights import weights_named
from marketplace.core.database import db
from marketplace.core.errors import Conflict, demand
from marketplace.core.transitions import move
from marketplace.ranking.weights import Weights, as_json

ADMIN = "admin"


def propose(weights: Weights, report: dict[str, Any], now: datetime) -> WeightVersion:
    """Store fitted weights for an admin's review; raises Conflict when the version name is taken."""
    if weights_named(weights.version):
        raise Conflict(f"There are weights called {weights.version} already.")
    made = WeightVersion(version=weights.version, values=as_json(weights), report=report, proposed_at=now)
    db.session.add(made)
    db.session.flush()
    return made


def use_weights(admin: User, version: WeightVersion | None, now: datetime) -> None:
    """Activate a version (None: the built-in weights) and re-rank all undecided jobs.

    Raises NotAllowed when `admin` is no admin, Conflict when the version is already active.
    """
    demand(why_not_moderate(admin))
    active = db.session.scalar(select(WeightVersion).where(WeightVersion.state == WeightState.ACTIVE).with_for_update())
    if active is version:
        raise Conflict("These weights count already.")
    if active:
        move(active, WeightState.RETIRED, ADMIN, WEIGHT_MOVES)
    if version:
        move(version, WeightState.ACTIVE, ADMIN, WEIGHT_MOVES, consented_by=admin.id, consented_at=now)
    ask_for_all(now)
