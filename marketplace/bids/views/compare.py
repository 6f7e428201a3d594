"""Comparison of two to four bids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.bids import comparison, policy
from marketplace.bids.cards import BidCard
from marketplace.bids.listing import compared_bids, newest_rank
from marketplace.bids.models import Bid
from marketplace.bids.pairs import pairs
from marketplace.bids.queries import is_settling
from marketplace.bids.states import BidState
from marketplace.bids.views.blueprint import bp, ranked_job
from marketplace.bids.views.ranked import cards_of
from marketplace.core.errors import Invalid
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.models import Job
from marketplace.jobs.requirements import is_checkable
from marketplace.prototypes.queries import LinkEvidence, evidence_of_all
from marketplace.web.access import signed_in
from marketplace.web.inputs import row_id
from marketplace.web.request import actor, now

FEWEST, MOST = 2, 4
AUDITED = ("rendering", "accessibility", "real", "control", "original", "safe")
"""Auditors whose findings are compared."""


@bp.get("/jobs/<slug>/compare")
@signed_in
def compare(slug: str) -> ResponseReturnValue:
    """Show the comparison, or what to select when it is not possible."""
    job = ranked_job(slug)
    bids, problem = _chosen(job)
    if problem:
        return render_template("bids/compare.html", job=job, cards=[], problem=problem), 422
    return render_template("bids/compare.html", problem="", **_side_by_side(job, bids))


@bp.get("/jobs/<slug>/compare/table")
@signed_in
def compared(slug: str) -> str:
    """Fragment with the up-to-date comparison."""
    job = ranked_job(slug)
    bids, problem = _chosen(job)
    if problem:
        raise Invalid("bid", problem)
    return render_template("bids/_compared.html", **_side_by_side(job, bids))


def _chosen(job: Job) -> tuple[Sequence[Bid], str]:
    """The selected bids, and the problem with the selection (empty when comparable)."""
    ids = set(request.args.getlist("bid", type=row_id))
    bids = compared_bids(job.id, ids)
    if not FEWEST <= len(ids) <= MOST:
        return bids, f"Tick {FEWEST} to {MOST} bids to compare them; you ticked {len(ids)}."
    if len(bids) != len(ids):
        return bids, "Some of these bids are not there. Tick them again."
    return bids, ""


def _side_by_side(job: Job, bids: Sequence[Bid]) -> dict[str, Any]:
    """Template context of the comparison."""
    cards = cards_of(job, bids, newest_rank(job.id)[1])
    return {
        "job": job,
        "cards": cards,
        "ids": [bid.id for bid in bids],
        "is_settling": is_settling(job.id, [bid.prototype for bid in bids if bid.prototype]),
        "rows": comparison.compare(cards, job.currency),
        "pairs": pairs(cards),
        "columns": _columns(cards),
        "lines": [line for line in job.requirements if is_checkable(line.kind)],
        "audited": AUDITED,
        "closed_at": jobs_policy.bids_closed_at(job, now()),
        "may_award": {bid.id for bid in bids if not policy.why_not_decide(actor(), bid, now())},
    }


def _columns(cards: Sequence[BidCard]) -> list[tuple[BidCard, LinkEvidence]]:
    """Pair each card with its link's evidence; empty for withdrawn bids."""
    ids = [card.bid.prototype_id for card in cards if card.bid.prototype_id and card.bid.state != BidState.WITHDRAWN]
    known = evidence_of_all(ids, now())
    return [(card, known.get(card.bid.prototype_id or 0, LinkEvidence())) for card in cards]
