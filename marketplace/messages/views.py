"""The thread of a bid."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.policy import acts_for
from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.messages import policy, queries, services
from marketplace.messages.forms import MessageForm
from marketplace.web.access import signed_in
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.request import actor, now, see_other

bp = Blueprint("messages", __name__)


@bp.route("/bids/<int:bid_id>/messages", methods=["GET", "POST"])
@signed_in
def thread(bid_id: int) -> ResponseReturnValue:
    """Read the thread and write in it."""
    bid = queries.thread_for(actor(), bid_id)
    form = MessageForm()
    return form_page(
        form,
        lambda: _send(bid, str(form.text.data)),
        lambda: render_template("messages/thread.html", form=form, **_shown(bid)),
    )


@bp.get("/bids/<int:bid_id>/messages/list")
@signed_in
def fragment(bid_id: int) -> str:
    """Only the list, for polling."""
    return render_template("messages/list.html", **_shown(queries.thread_for(actor(), bid_id)))


@bp.post("/bids/<int:bid_id>/messages/read")
@signed_in
def read(bid_id: int) -> ResponseReturnValue:
    """Mark the other side's messages as read."""
    bid = queries.thread_for(actor(), bid_id)
    if ActionForm().validate():
        services.mark_read(bid, actor(), now())
        db.session.commit()
    return see_other(url_for("messages.thread", bid_id=bid_id))


def _send(bid: Bid, text: str) -> str:
    services.send_message(bid, actor(), text, now())
    return url_for("messages.thread", bid_id=bid.id)


def _shown(bid: Bid) -> dict[str, object]:
    person = actor()
    return {
        "bid": bid,
        "page": queries.messages_of(bid.id, request.args.get("after")),
        "unread": queries.unread_in(bid.id, person),
        "why_not_write": policy.why_not_write(person, bid),
        "other": bid.freelancer if acts_for(person, bid.job.client_id) else bid.job.client,
    }
