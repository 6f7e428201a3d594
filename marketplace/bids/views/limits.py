"""How often a person may have links checked: a page that says so, and tries that were refused don't count."""

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
    """Lets a view start so many checks an hour and person; over that it answers with the way back to the bid."""
    return limiter.limit(
        CHECKS, methods=["POST"], exempt_when=exempt_when, deduct_when=_has_started, on_breach=_too_many
    )


def tell_refusal(refusal: Conflict) -> None:
    """Undoes what was begun and has the next page say why there is no check now."""
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
