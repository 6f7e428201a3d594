"""The public profile: the person's own words, reviews, and measured results."""

from __future__ import annotations

from flask import render_template

from marketplace.accounts.queries import profile_for
from marketplace.accounts.views.blueprint import bp as accounts
from marketplace.contracts.client_record import client_summary
from marketplace.reviews.queries import standing_of
from marketplace.web.request import actor_or_none


@accounts.get("/people/<slug>")
def profile(slug: str) -> str:
    """A person's profile with their record."""
    shown = profile_for(actor_or_none(), slug)
    user = shown.user
    return render_template(
        "pages/profile.html",
        shown=shown,
        standing=standing_of(user),
        client_summary=client_summary(user.id) if user.is_client else None,
    )
