"""Reads of awards."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.awards.models import Award
from marketplace.core.database import db


def award_of(job_id: int) -> Award | None:
    """The job's one award with its bid, or None while it has none."""
    return db.session.scalar(select(Award).where(Award.job_id == job_id).options(joinedload(Award.bid)))
