"""The client's current site: checked once, so that bids that only copy it are noticed."""

from __future__ import annotations

from datetime import datetime

from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.services import submit_link


def look_at_site(job: Job, now: datetime) -> None:
    """Schedule a check of the site that a published job names; the same address is not checked again."""
    known = db.session.get(Prototype, job.current_site_id) if job.current_site_id else None
    if job.current_site == (known.url if known else ""):
        return
    job.current_site_id = None
    if job.current_site:
        site = submit_link(job.current_site, [], now)
        site.watched = False
        db.session.flush()
        job.current_site_id = site.id
