"""The page on which a client pays a job's participation pool before the job opens."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.core.errors import NotNow
from marketplace.jobs.services import pools
from marketplace.jobs.services.pools import pool_problem
from marketplace.jobs.views.blueprint import bp, editable_job
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.request import actor, now


@bp.route("/jobs/<slug>/edit/pool", methods=["GET", "POST"])
@in_good_standing
def pool(slug: str) -> ResponseReturnValue:
    """Explain the pool and who gets it, then go on to the payment."""
    job, form = editable_job(slug), ActionForm()
    refusal = NotNow("No pool is to be paid for this job now. Its list of tasks shows where it stands.")
    return form_page(
        form,
        lambda: pools.fund_pool(actor(), job, now()).checkout_url,
        lambda: render_template("jobs/pool.html", job=job, form=form),
        refusal=None if pool_problem(job) else refusal,
    )
