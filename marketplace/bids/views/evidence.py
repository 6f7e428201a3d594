"""Evidence on a bid's link: screenshots, and the interstitial page before an external site."""

from __future__ import annotations

from flask import Response, render_template

from marketplace.bids.queries import bid_for
from marketplace.bids.views.blueprint import bp
from marketplace.checker.audits.audit import Tone
from marketplace.core.errors import NotFound
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.queries import evidence_of, latest_full_check
from marketplace.prototypes.states import PrototypeState
from marketplace.web.access import signed_in
from marketplace.web.pictures import stored_picture
from marketplace.web.request import actor, now

SHOWN_BEFORE_LEAVING = ("safe", "real", "control", "original")


@bp.get("/bids/<int:bid_id>/visit")
@signed_in
def visit(bid_id: int) -> str:
    """Show findings on the link before anybody follows it."""
    bid = bid_for(actor(), bid_id)
    if bid.prototype is None or bid.prototype.checked_at is None:
        raise NotFound("This bid has no prototype that we have looked at.")
    evidence = evidence_of(bid.prototype, now())
    hops = evidence.check.hops if evidence.check else ()
    is_refused = PrototypeState.REFUSED in (bid.prototype.state, evidence.check and evidence.check.state)
    target = hops[-1].url if hops and not is_refused else bid.prototype.url
    audits = [audit for audit in evidence.audits if audit.name in SHOWN_BEFORE_LEAVING]
    danger = next((audit for audit in audits if (audit.name, audit.tone) == ("safe", Tone.BAD)), None)
    return render_template(
        "bids/visit.html",
        bid=bid,
        danger=danger,
        target=target,
        is_refused=is_refused,
        host=target.split("/")[2],
        audits=[audit for audit in audits if audit is not danger],
    )


@bp.get("/bids/<int:bid_id>/pictures/<name>")
@signed_in
def picture(bid_id: int, name: str) -> Response:
    """Serve a screenshot (wide, phone), its thumbnail (…-thumbnail), or the crop showing a met requirement (cut-ID)."""
    bid = bid_for(actor(), bid_id)
    return stored_picture(_key(bid.prototype, name) if bid.prototype else None)


def _key(prototype: Prototype, name: str) -> str | None:
    if name in ("wide", "wide-thumbnail"):
        return prototype.picture_key if name == "wide" else prototype.thumbnail_key
    record = latest_full_check(prototype)
    if record is None or record.rendering is None:
        return None
    if name.startswith("cut-"):
        return record.rendering.cuts.get(name.removeprefix("cut-"))
    shot = record.rendering.shots.get(name.removesuffix("-thumbnail"))
    return (shot.thumbnail_key if name.endswith("-thumbnail") else shot.key) if shot else None
