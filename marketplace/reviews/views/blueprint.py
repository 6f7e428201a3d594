"""The blueprint that this room's pages hang on, and how they find a review."""

from __future__ import annotations

from flask import Blueprint, url_for

from marketplace.accounts.policy import acts_for
from marketplace.core.errors import NotFound
from marketplace.reviews.models import Review
from marketplace.reviews.queries import review_for
from marketplace.web.request import actor, actor_or_none

bp = Blueprint("reviews", __name__)


def seen_review(review_id: int) -> Review:
    """A review that this person, or anybody, may see; NotFound otherwise."""
    return review_for(actor_or_none(), review_id)


def review_of_mine(review_id: int) -> Review:
    """One that the signed-in person wrote, or that is about them; NotFound for others, as if it had no such page."""
    review = seen_review(review_id)
    if not acts_for(actor(), review.author_id, review.subject_id):
        raise NotFound("There is no such page.")
    return review


def path_of(review: Review) -> str:
    """Where the review's page is."""
    return url_for("reviews.show", review_id=review.id)
