"""The client's actions on a bid: shortlist, decline, undo a decline."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.bids import policy
from marketplace.bids.forms import DeclineForm
from marketplace.bids.services import deciding
from marketplace.bids.states import BidState
from marketplace.bids.views.blueprint import bp, received_bid
from marketplace.core.database import db
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.request import actor, next_path, now, see_other


@bp.post("/bids/<int:bid_id>/<any(shortlist, unshortlist):act>")
@in_good_standing
def shortlist(bid_id: int, act: str) -> ResponseReturnValue:
    """Add the bid to the shortlist or remove it, and return to the page of the button."""
    change = deciding.shortlist if act == "shortlist" else deciding.unshortlist
    change(actor(), received_bid(bid_id), now())
    db.session.commit()
    return see_other(next_path(url_for("bids.show", bid_id=bid_id)))


@bp.route("/bids/<int:bid_id>/decline", methods=["GET", "POST"])
@in_good_standing
def decline(bid_id: int) -> ResponseReturnValue:
    """Ask for a reason, then decline the bid."""
    bid, form = received_bid(bid_id), DeclineForm()
    if bid.state == BidState.DECLINED:
        return see_other(url_for("bids.show", bid_id=bid_id))

    def act() -> str:
        deciding.decline_bid(actor(), bid, form.reason.data or "", now())
        flash("The bid is declined, and its bidder is told why.", "message")
        return url_for("bids.ranked", slug=bid.job.slug)

    def page() -> str:
        return render_template("bids/decline.html", bid=bid, job=bid.job, form=form)

    return form_page(form, act, page, refusal=policy.why_not_decide(actor(), bid, now()))


@bp.post("/bids/<int:bid_id>/undecline")
@in_good_standing
def undecline(bid_id: int) -> ResponseReturnValue:
    """Undo a decline."""
    deciding.undo_decline(actor(), received_bid(bid_id), now())
    db.session.commit()
    flash("The bid stands again.", "message")
    return see_other(url_for("bids.show", bid_id=bid_id))
