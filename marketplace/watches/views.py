"""The bidder's wish to have rejected work watched for: said, and taken back, on the bid's page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, flash, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from marketplace.bids.models import Bid
from marketplace.bids.views.blueprint import own_bid
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.watches import policy, services
from marketplace.watches.models import WorkWatch
from marketplace.watches.queries import watch_of
from marketplace.web.access import in_good_standing
from marketplace.web.forms import ActionForm
from marketplace.web.request import actor, now, see_other, settings

bp = Blueprint("watches", __name__)


@dataclass(frozen=True, slots=True)
class WatchCard:
    """What the bid's page shows of it."""

    may_begin: bool
    watch: WorkWatch | None


def init_watches(app: Flask, settings: Settings) -> None:
    """Let a bid's page offer the watch, and the help pages say how long it takes."""
    app.add_template_global(_card, "watch_card")
    app.add_template_global(lambda: settings.work_watch_days, "work_watch_days")


@bp.post("/bids/<int:bid_id>/watch")
@in_good_standing
def begin(bid_id: int) -> ResponseReturnValue:
    """The bidder wishes it."""
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
    """The bidder takes the wish back."""
    bid = own_bid(bid_id)
    if ActionForm().validate():
        services.stop_watch(actor(), bid, now())
        db.session.commit()
        flash("We no longer look for it.", "success")
    return see_other(url_for("bids.show", bid_id=bid_id))


def _card(bid: Bid) -> WatchCard | None:
    """None where there is nothing to offer or show."""
    if bid.state not in policy.REJECTED or bid.prototype_id is None:
        return None
    return WatchCard(policy.may_watch(actor(), bid), watch_of(bid.id))
