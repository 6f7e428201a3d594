"""Rate limit for link checks per person, with an explanatory page; refused attempts do not count."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, g, make_response, render_template, request, url_for
from flask_limiter import RequestLimit, RouteLimit

from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.web.limits import CHECKS, limiter

TOO_MANY = (
    "A link can be checked twelve times an hour, and it was. It is looked at again by itself too; "
    "ask anew in an hour. If you were typing, your browser’s Back button still has your text."
)


def limit_checks(exempt_when: Callable[[], bool] | None = None) -> RouteLimit:
    """Limit checks per hour and person; answer over the limit with a page that leads back to the bid."""
    return limiter.limit(
        CHECKS, methods=["POST"], exempt_when=exempt_when, deduct_when=_has_started, on_breach=_too_many
    )


def tell_refusal(refusal: Conflict) -> None:
    """Roll back and let the next page say why no check was started."""
    db.session.rollback()
    flash(str(refusal), "warning")
    g.check_is_refused = True


def _has_started(response: Response) -> bool:
    return response.status_code == 303 and not g.get("check_is_refused", False)


def _too_many(_limit: RequestLimit) -> Response:
    bid_id = (request.view_args or {}).get("bid_id")
    back = url_for("bids.show", bid_id=bid_id) if bid_id else request.path
    page = render_template("error.html", title="Too many checks", message=TOO_MANY, back=(back, "Back to the bid"))
    return make_response(page, 429)
