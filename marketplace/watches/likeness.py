"""Explain resemblances of a watched client site, which the watch itself judges."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.database import db
from marketplace.prototypes.models import Resemblance
from marketplace.prototypes.originality.explaining import Explanation
from marketplace.watches.models import WorkWatch

CLIENTS_SITE = "it is a client’s own site, looked at for a bidder whose work was rejected."


def explain_watched_site(resemblance: Resemblance) -> Explanation | None:
    """Explain a watched site: it is no bid, so the watch judges its likeness instead of the near-copy check."""
    is_watched = db.session.scalar(select(WorkWatch.id).where(WorkWatch.site_id == resemblance.prototype_id).limit(1))
    return Explanation(CLIENTS_SITE) if is_watched else None
