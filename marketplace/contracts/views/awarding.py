"""Views for picking the winner: confirmation and next steps."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.bids import policy
from marketplace.bids.models import Bid
from marketplace.bids.queries import placed_bid_ids
from marketplace.bids.views.blueprint import received_bid
from marketplace.contracts.forms import AwardForm
from marketplace.contracts.queries import award_of, contract_of
from marketplace.contracts.services.awarding import BidChanged, another_won, award_bid
from marketplace.contracts.views.blueprint import bp, days_of
from marketplace.core.database import db
from marketplace.core.errors import NotFound, demand
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now, see_other, settings


@bp.route("/bids/<int:bid_id>/award", methods=["GET", "POST"])
@in_good_standing
@password_again
def confirm(bid_id: int) -> ResponseReturnValue:
    """Show what is about to be agreed, and award once confirmed."""
    bid, form = received_bid(bid_id), AwardForm()
    if form.is_sent() and form.validate():
        try:
            award_bid(actor(), bid, form.seen_version(), now(), days_of(settings()))
            db.session.commit()
        except BidChanged as refusal:
            db.session.rollback()
            return _page(received_bid(bid_id), warning=str(refusal)), 409
        return see_other(url_for("contracts.done", bid_id=bid_id))
    if award := award_of(bid.job_id):
        if award.bid_id == bid.id:
            return see_other(url_for("contracts.done", bid_id=bid_id))
        raise another_won(award)
    demand(policy.why_not_decide(actor(), bid, now()))
    return _page(bid)


@bp.get("/bids/<int:bid_id>/awarded")
@signed_in
def done(bid_id: int) -> str:
    """Confirm the award and explain the next steps."""
    bid = received_bid(bid_id)
    award = award_of(bid.job_id)
    if award is None or award.bid_id != bid.id:
        raise NotFound("This bid has not been awarded.")
    return render_template("contracts/done.html", award=award, bid=bid, job=bid.job, contract=contract_of(award.id))


def _page(bid: Bid, warning: str = "") -> str:
    """Confirmation page; `price` in the query string is the one the client saw on the page before."""
    seen = request.args.get("price", "")
    before = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else bid.price
    others = len(placed_bid_ids(bid.job_id)) - 1
    form = AwardForm(formdata=None, version=str(bid.version))
    return render_template(
        "contracts/confirm.html", bid=bid, job=bid.job, form=form, others=others, price_before=before, changed=warning
    )
