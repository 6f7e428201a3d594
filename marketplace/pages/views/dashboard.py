"""The dashboard: contracts, disputes and reviews that wait for the person."""

from __future__ import annotations

from flask import render_template

from marketplace.accounts.views.blueprint import bp as accounts
from marketplace.contracts.turns import turns_of
from marketplace.disputes.queries import unanswered_by
from marketplace.reviews import policy
from marketplace.reviews.queries import rounds_waiting_for
from marketplace.web.access import signed_in
from marketplace.web.request import actor, now


@accounts.get("/me")
@signed_in
def dashboard() -> str:
    """What to do next, by role."""
    person, moment = actor(), now()
    return render_template(
        "pages/dashboard.html",
        person=person,
        contracts=turns_of(person),
        disputes=unanswered_by(person),
        reviews=[one for one in rounds_waiting_for(person) if policy.is_open(one, moment)],
    )
