"""Versions of the rank's weights, and which one is in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from marketplace.accounts.models import User
from marketplace.bids.models import WeightVersion
from marketplace.bids.states import WeightState
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.ranking.weights import CURRENT, WEIGHTS, Weights, from_json


def weights_in_use() -> Weights:
    """Weights of the active version, or the built-in ones."""
    active = select(WeightVersion.values).where(WeightVersion.state == WeightState.ACTIVE)
    values: dict[str, Any] | None = db.session.scalar(active)
    return from_json(values) if values else CURRENT


def weights_named(version: str) -> Weights | None:
    """Weights of a built-in or fitted version; None when there is none."""
    if version in WEIGHTS:
        return WEIGHTS[version]
    values = db.session.scalar(select(WeightVersion.values).where(WeightVersion.version == version))
    return from_json(values) if values else None


def weight_versions() -> Sequence[WeightVersion]:
    """All fitted versions, newest first."""
    consenter = joinedload(WeightVersion.consenter).options(lazyload(User.roles))
    return db.session.scalars(select(WeightVersion).options(consenter).order_by(WeightVersion.id.desc())).all()


def weight_version(version_id: int) -> WeightVersion:
    """One fitted version; raises NotFound."""
    found = db.session.get(WeightVersion, version_id)
    if found is None:
        raise NotFound("There are no such weights.")
    return found


def verdict(gain: float, error: float) -> str:
    """Whether a gain in log-likelihood exceeds chance (two standard errors)."""
    return "clearly better" if gain > 2 * error else "no clear gain, so better left alone"
