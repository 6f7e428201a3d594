"""Webhook endpoint; messages are authenticated by their signature."""

from __future__ import annotations

from flask import Response, request

from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.payments.providers.protocol import BadSignature
from marketplace.payments.services.webhooks import receive
from marketplace.payments.setup import payments
from marketplace.payments.views.blueprint import bp
from marketplace.web.forms import csrf
from marketplace.web.limits import limiter
from marketplace.web.request import now

MAX_BYTES = 512 * 1024


@bp.post("/webhooks/<provider>")
@csrf.exempt
@limiter.exempt
def webhook(provider: str) -> Response:
    """Store a verified message and answer at once; a worker looks it up."""
    if provider != payments().provider.name:
        raise NotFound("No such provider is in use.")
    if (request.content_length or 0) > MAX_BYTES:
        return Response("too large\n", status=413, mimetype="text/plain")
    try:
        receive(request.get_data(cache=False), dict(request.headers), now())
    except BadSignature as refusal:
        return Response(f"{refusal}\n", status=400, mimetype="text/plain")
    db.session.commit()
    return Response("ok\n", mimetype="text/plain")
