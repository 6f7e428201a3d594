"""Public views of reviews."""

from __future__ import annotations

from flask import render_template, request

from marketplace.accounts.queries import profile_for
from marketplace.core.errors import NotFound
from marketplace.reviews import policy, queries
from marketplace.reviews.views.blueprint import bp, seen_review
from marketplace.web.request import actor_or_none


@bp.get("/reviews/<int:review_id>")
def show(review_id: int) -> str:
    """Show one review with its reply, earlier texts if corrected, and the person's possible actions."""
    review, person = seen_review(review_id), actor_or_none()
    return render_template("reviews/show.html", review=review, person=person, policy=policy)


@bp.get("/people/<slug>/reviews")
def about(slug: str) -> str:
    """List all public reviews of a person on one side."""
    user = profile_for(actor_or_none(), slug).user
    counts = queries.counts_about(user.id)
    side = request.args.get("as") or next((one for one in queries.SIDES if counts[one][1]), next(iter(queries.SIDES)))
    if side not in queries.SIDES:
        raise NotFound("There is no such page.")
    page = queries.reviews_about(user.id, side, request.args.get("after"))
    return render_template(
        "reviews/about.html", user=user, page=page, side=side, sides=queries.SIDES, counts=counts, policy=policy,
        person=actor_or_none(),
    )  # fmt: skip
