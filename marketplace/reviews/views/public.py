"""What anybody may read of reviews, and pieces of them on pages of the rooms below: profile, contract, dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, render_template, request

from config.settings import Settings
from marketplace.accounts.linked_accounts import link_between
from marketplace.accounts.models import User
from marketplace.accounts.queries import profile_for
from marketplace.contracts.models import Contract
from marketplace.core.errors import NotFound
from marketplace.reviews import policy, queries
from marketplace.reviews.models import Review, ReviewRound
from marketplace.reviews.views.blueprint import bp, seen_review
from marketplace.web.request import actor, actor_or_none, now


@dataclass(frozen=True, slots=True)
class Panel:
    """Where the reviews of a contract stand, as this person may know it."""

    round: ReviewRound
    own: Review | None
    about_me: Review | None
    may_write: bool


@bp.get("/reviews/<int:review_id>")
def show(review_id: int) -> str:
    """One review with its reply, its former words where it was corrected, and what this person may do with it."""
    review, person = seen_review(review_id), actor_or_none()
    return render_template("reviews/show.html", review=review, person=person, policy=policy)


@bp.get("/people/<slug>/reviews")
def about(slug: str) -> str:
    """All reviews of a person that are shown, on one side at a time."""
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


def init_reviews(app: Flask, _settings: Settings) -> None:
    """Make it known to templates of the rooms below."""
    app.add_template_global(queries.standing_of, "review_standing")
    app.add_template_global(_panel, "review_panel")
    app.add_template_global(_waiting, "review_turns")


def _waiting(person: User) -> Sequence[ReviewRound]:
    return [one for one in queries.rounds_waiting_for(person) if policy.is_open(one, now())]


def _panel(contract: Contract) -> Panel | None:
    """For one of the two sides of a completed contract; None for others, and before."""
    round_, person = queries.round_of(contract.id), actor()
    if round_ is None or not policy.takes_part(person, round_):
        return None
    own = next((one for one in round_.reviews if one.author_id == person.id), None)
    about_me = next((one for one in round_.reviews if one.subject_id == person.id), None)
    linked = link_between(contract.client_id, contract.freelancer_id) is not None
    shown = about_me if about_me and policy.may_see(person, about_me) else None
    return Panel(round_, own, shown, policy.may_review(person, round_, now(), linked=linked))
