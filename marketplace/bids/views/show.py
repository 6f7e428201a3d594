"""The bidder's own list, the context of a bid's page, and its self-updating fragments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.models import User
from marketplace.bids import policy
from marketplace.bids.cards import card_of
from marketplace.bids.listing import newest_rank
from marketplace.bids.models import Bid
from marketplace.bids.queries import TABS, bid_for, bids_of, is_settling, tab_counts
from marketplace.bids.services import writing
from marketplace.bids.views.blueprint import bp, own_bid
from marketplace.bids.views.limits import limit_checks, tell_refusal
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.requirements import is_checkable
from marketplace.prototypes.queries import evidence_of
from marketplace.ranking.breakdown import gains
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.limits import WRITES, limiter
from marketplace.web.request import actor, now, see_other


@bp.get("/my/bids")
@signed_in
def mine() -> str:
    """List the freelancer's own bids by tab."""
    counts, tab = tab_counts(actor()), request.args.get("show", "")
    if tab not in TABS:
        tab = next((name for name in TABS if counts[name]), "active")
    page = bids_of(actor(), tab, request.args.get("after"))
    return render_template("bids/mine.html", page=page, tab=tab, tabs=TABS, counts=counts)


def shown_of(bid: Bid, person: User, moment: datetime) -> dict[str, Any]:
    """Template context of the bid's page."""
    standing = _standing(bid)
    score = standing["card"].score
    return standing | {
        "bid": bid,
        "job": bid.job,
        "evidence": evidence_of(bid.prototype, moment),
        "why_not_edit": policy.why_not_edit(person, bid, moment),
        "to_mend": gains(score.terms) if score else [],
        "is_bidder": policy.is_bidder(person, bid),
        "is_client": policy.is_client(person, bid),
        "may_withdraw": not policy.why_not_withdraw(person, bid, moment),
        "may_check": not policy.why_not_check(person, bid),
        "may_decide": not policy.why_not_decide(person, bid, moment),
        "may_undo_decline": not policy.why_not_undo_decline(person, bid, moment),
        "may_take_notes": not policy.why_not_take_notes(person, bid),
        "job_state": jobs_policy.shown_state(bid.job, moment),
    }


def _standing(bid: Bid) -> dict[str, Any]:
    """Template context of the part on the bid's rank and score."""
    person = actor()
    checkable = sum(is_checkable(line.kind) for line in bid.job.requirements)
    knows_rank = policy.may_know_rank(person, bid)
    may_compare = knows_rank and not policy.is_bidder(person, bid)  # the best marks would reveal what others offer
    closed_at = jobs_policy.bids_closed_at(bid.job, now())
    return {
        "card": card_of(
            bid, checkable, newest_rank(bid.job_id)[1] if may_compare else {}, closed=closed_at is not None
        ),
        "closed_at": closed_at,
        "knows_rank": knows_rank,
        "is_settling": is_settling(bid.job_id, [bid.prototype] if bid.prototype else []),
    }


@bp.get("/bids/<int:bid_id>/link")
@signed_in
def link(bid_id: int) -> str:
    """Fragment with the newest check of the bid's link."""
    bid = bid_for(actor(), bid_id)
    evidence, is_bidder = evidence_of(bid.prototype, now()), policy.is_bidder(actor(), bid)
    closed_at = jobs_policy.bids_closed_at(bid.job, now())
    return render_template("bids/_link.html", bid=bid, evidence=evidence, is_bidder=is_bidder, closed_at=closed_at)


@bp.get("/bids/<int:bid_id>/rank")
@signed_in
def rank(bid_id: int) -> str:
    """Fragment with the bid's current rank and reasons."""
    bid = bid_for(actor(), bid_id)
    return render_template("bids/_rank.html", bid=bid, job=bid.job, **_standing(bid))


@bp.post("/bids/<int:bid_id>/check")
@limiter.limit(WRITES)
@limit_checks()
@in_good_standing
def check(bid_id: int) -> ResponseReturnValue:
    """Have the bid's link checked again unless it was checked just now."""
    bid = own_bid(bid_id)
    try:
        writing.check_link_again(actor(), bid, now())
        db.session.commit()
    except Conflict as refusal:
        tell_refusal(refusal)
    return see_other(url_for("bids.show", bid_id=bid_id) + "#link")
