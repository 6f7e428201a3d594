"""Two to four bids side by side."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.bids import comparison, policy
from marketplace.bids.cards import Card
from marketplace.bids.listing import compared_bids, newest_rank
from marketplace.bids.pairs import pairs
from marketplace.bids.states import BidState
from marketplace.bids.views.blueprint import bp, ranked_job
from marketplace.bids.views.ranked import cards_of
from marketplace.jobs.requirements import is_checkable
from marketplace.prototypes.queries import Evidence, evidence_of_all
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
        columns=_columns(cards),
        lines=[line for line in job.requirements if is_checkable(line.kind)],
        audited=AUDITED,
        closed_at=job.closed_at or job.bid_deadline,
        may_award={bid.id for bid in bids if policy.may_decide(actor(), bid, now())},
        problem="",
    )


def _columns(cards: Sequence[Card]) -> list[tuple[Card, Evidence]]:
    """Each card with what is known of its link; nothing of a bid that was withdrawn."""
    ids = [card.bid.prototype_id for card in cards if card.bid.prototype_id and card.bid.state != BidState.WITHDRAWN]
    known = evidence_of_all(ids, now())
    return [(card, known.get(card.bid.prototype_id or 0, Evidence())) for card in cards]
