"""Explain resemblance between production and the awarded prototype: they are the same work."""

from __future__ import annotations

from sqlalchemy import or_, select

from marketplace.contracts.models import Contract, Milestone
from marketplace.core.database import db
from marketplace.prototypes.models import Resemblance
from marketplace.prototypes.originality.explaining import Explanation

SAME_WORK = "it is the awarded work, put live for its client."


def explain_production(resemblance: Resemblance) -> Explanation | None:
    """Explain that production resembles the awarded prototype because it is the same work put live."""
    pair = (resemblance.prototype_id, resemblance.other_id)
    theirs = (
        select(Contract.prototype_id, Milestone.production_id)
        .join(Milestone)
        .where(Milestone.production_id.in_(pair), or_(Contract.prototype_id.in_(pair), Contract.prototype_id.is_(None)))
    )
    pairs = db.session.execute(theirs)
    is_same = any(prototype_id in pair and production_id in pair for prototype_id, production_id in pairs)
    return Explanation(SAME_WORK) if is_same else None
