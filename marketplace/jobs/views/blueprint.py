"""The blueprint of this room's pages, and how they load a job."""

from __future__ import annotations

from flask import Blueprint

from marketplace.core.errors import demand, unless
from marketplace.jobs import policy
from marketplace.jobs.models import Job
from marketplace.jobs.queries import job_for
from marketplace.web.request import actor, now

bp = Blueprint("jobs", __name__)


def own_job(slug: str) -> Job:
    """The signed-in person's own job; raises NotFound when they may not know of it, NotAllowed when it is another's."""
    job = job_for(actor(), slug)
    demand(unless(policy.owns(actor(), job), policy.NOT_OWNER))
    return job


def editable_job(slug: str) -> Job:
    """The person's own job while its spec may be changed; otherwise raises NotAllowed with the reason."""
    job = own_job(slug)
    demand(policy.why_not_edit(actor(), job, now()))
    return job
