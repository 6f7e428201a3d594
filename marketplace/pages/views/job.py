"""A job with its client's record."""

from __future__ import annotations

from flask import render_template

from marketplace.contracts.client_record import client_summary
from marketplace.jobs import policy
from marketplace.jobs.queries import client_record, job_for
from marketplace.jobs.views.blueprint import bp as jobs
from marketplace.web.request import actor_or_none, now


@jobs.get("/jobs/<slug>")
def show(slug: str) -> str:
    """A job: brief, requirements, budget, client's record, and what this person may do with it."""
    person = actor_or_none()
    job = job_for(person, slug)
    return render_template(
        "pages/job.html",
        job=job,
        state=policy.shown_state(job, now()),
        record=client_record(job.client_id),
        client_summary=client_summary(job.client_id),
        is_owner=policy.owns(person, job),
        no_bid=policy.why_not_bid(person, job, now()) if person else None,
        may={
            "edit": not policy.why_not_edit(person, job, now()),
            "take_back": not policy.why_not_take_back(person, job),
            "close": not policy.why_not_close(person, job, now()),
            "reopen": not policy.why_not_reopen(person, job, now()),
            "cancel": not policy.why_not_cancel(person, job),
            "take_bids": policy.is_open_for_bids(job, now()),
        },
    )
