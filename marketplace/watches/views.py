"""Views to start and stop a watch from the bid's page."""

from __future__ import annotations

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from marketplace.bids.views.blueprint import own_bid
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.watches import services
from marketplace.web.access import in_good_standing
from marketplace.web.forms import ActionForm
from marketplace.web.request import actor, now, see_other, settings

bp = Blueprint("watches", __name__)


@bp.post("/bids/<int:bid_id>/watch")
@in_good_standing
def begin(bid_id: int) -> ResponseReturnValue:
    """Start the watch."""
    bid = own_bid(bid_id)
    if ActionForm().validate():
        try:
            services.begin_watch(actor(), bid, settings().work_watch_days, now())
            db.session.commit()
            flash(
                "We look for your work on the client’s site. If it turns up there, our moderators see both.", "success"
            )
        except Conflict as refusal:
            db.session.rollback()
            flash(str(refusal), "error")
    return see_other(url_for("bids.show", bid_id=bid_id))


@bp.post("/bids/<int:bid_id>/unwatch")
@in_good_standing
def stop(bid_id: int) -> ResponseReturnValue:
    """Stop the watch."""
    bid = own_bid(bid_id)
    if ActionForm().validate():
        services.stop_watch(actor(), bid, now())
        db.session.commit()
        flash("We no longer look for it.", "success")
    return see_other(url_for("bids.show", bid_id=bid_id))
