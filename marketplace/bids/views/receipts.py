"""Downloadable receipts and the public key that verifies them."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from config.settings import Settings
from marketplace.bids.queries import bid_for
from marketplace.bids.views.blueprint import bp
from marketplace.checker.receipts import ReceiptStatement, key_from, public_part, sign
from marketplace.core.errors import NotFound
from marketplace.prototypes.queries import receipt_facts
from marketplace.web.access import signed_in
from marketplace.web.downloads import download
from marketplace.web.limits import limiter
from marketplace.web.request import actor


@bp.get("/bids/<int:bid_id>/receipt")
@signed_in
def receipt(bid_id: int) -> Response:
    """Download the signed receipt of the bid's link, for all who may see the bid."""
    bid = bid_for(actor(), bid_id)
    facts = receipt_facts(bid.prototype) if bid.prototype else None
    if facts is None:
        raise NotFound("There is no receipt yet: no check has found this link live.")
    settings = _settings()
    text = sign(
        ReceiptStatement(issuer=settings.site_url, bid=bid.id, **facts), key_from(settings.keys("receipt_key")[0])
    )
    return download(text, "application/json", f"prebuilt-receipt-{bid.id}.json")


@bp.get("/.well-known/prebuilt-receipt-key")
@limiter.exempt
def receipt_key() -> dict[str, Any]:
    """Public key of this marketplace's receipts, and earlier keys for older receipts."""
    key, *earlier = (public_part(key_from(seed)) for seed in _settings().keys("receipt_key"))
    return {**key, "earlier": earlier}


def _settings() -> Settings:
    return current_app.extensions["settings"]
