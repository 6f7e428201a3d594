"""Blueprint of the reviews room, and its lookups of reviews."""

from __future__ import annotations

from flask import Blueprint, url_for

from marketplace.accounts.policy import acts_for
from marketplace.core.errors import NotFound
from marketplace.reviews.models import Review
from marketplace.reviews.queries import review_for
from marketplace.web.request import actor, actor_or_none

bp = Blueprint("reviews", __name__)


def seen_review(review_id: int) -> Review:
    """A review the visitor may see; raises NotFound otherwise."""
    return review_for(actor_or_none(), review_id)


def review_of_mine(review_id: int) -> Review:
    """A review by or about the signed-in person; raises NotFound for others."""
    review = seen_review(review_id)
    if not acts_for(actor(), review.author_id, review.subject_id):
        raise NotFound("There is no such page.")
    return review


def path_of(review: Review) -> str:
    """Path of the review's page."""
    return url_for("reviews.show", review_id=review.id)
