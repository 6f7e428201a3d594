"""One bid, for its bidder, its client and admins, with the watch for rejected work and the client's note."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.bids.forms import NoteForm
from marketplace.bids.models import Bid
from marketplace.bids.queries import bid_for
from marketplace.bids.services.deciding import set_client_note
from marketplace.bids.services.locking import lock_bid
from marketplace.bids.states import BidState
from marketplace.bids.views.blueprint import bp as bids
from marketplace.bids.views.blueprint import received_bid
from marketplace.bids.views.show import shown_of
from marketplace.core.database import db
from marketplace.watches.queries import watch_card
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.forms import status_of
from marketplace.web.request import actor, now, see_other, settings


@bids.get("/bids/<int:bid_id>")
@signed_in
def show(bid_id: int) -> ResponseReturnValue:
    """Show the bid to its bidder, its client or an admin; a draft redirects to its editor."""
    bid = bid_for(actor(), bid_id)
    if bid.state == BidState.DRAFT:
        return see_other(url_for("bids.edit", bid_id=bid_id))
    return _page(bid, NoteForm.of(bid))


@bids.post("/bids/<int:bid_id>/note")
@in_good_standing
def note(bid_id: int) -> ResponseReturnValue:
    """Save the client's private note."""
    bid, form = received_bid(bid_id), NoteForm()
    lock_bid(bid)
    if not form.validate() or form.clashes_with(NoteForm.of(bid)):
        return _page(bid, form), status_of(form)
    set_client_note(actor(), bid, form.note.data or "")
    db.session.commit()
    flash("Your note is saved. Only you see it.", "message")
    return see_other(url_for("bids.show", bid_id=bid_id))


def _page(bid: Bid, note: NoteForm) -> str:
    """Render the page with the given note form."""
    person = actor()
    return render_template(
        "pages/bid.html",
        form=note,
        watch_card=watch_card(person, bid),
        watch_days=settings().work_watch_days,
        **shown_of(bid, person, now()),
    )
