"""Two to four bids side by side."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.bids import comparison, policy
from marketplace.bids.listing import compared_bids, newest_rank
from marketplace.bids.pairs import pairs
from marketplace.bids.views.blueprint import bp, ranked_job
from marketplace.bids.views.ranked import cards_of
from marketplace.prototypes.queries import audits_of
from marketplace.web.access import signed_in
from marketplace.web.inputs import row_id
from marketplace.web.request import actor, now

FEWEST, MOST = 2, 4
AUDITED = ("rendering", "accessibility", "real", "control", "original", "safe")
"""The auditors whose findings stand side by side."""


@bp.get("/jobs/<slug>/compare")
@signed_in
def compare(slug: str) -> ResponseReturnValue:
    """The comparison, or what to tick when it can't be made."""
    job = ranked_job(slug)
    ids = set(request.args.getlist("bid", type=row_id))
    bids = compared_bids(job.id, ids)
    problem = ""
    if not FEWEST <= len(ids) <= MOST:
        problem = f"Tick {FEWEST} to {MOST} bids to compare them; you ticked {len(ids)}."
    elif len(bids) != len(ids):
        problem = "Some of these bids are not there. Tick them again."
    if problem:
        return render_template("bids/compare.html", job=job, cards=[], problem=problem), 422
    cards = cards_of(job, bids, newest_rank(job.id)[1])
    return render_template(
        "bids/compare.html",
        job=job,
        cards=cards,
        rows=comparison.compare(cards, job.currency),
        pairs=pairs(cards),
        found=audits_of([bid.prototype_id for bid in bids if bid.prototype_id]),
        audited=AUDITED,
        may_award={bid.id for bid in bids if policy.may_decide(actor(), bid, now())},
        problem="",
    )
