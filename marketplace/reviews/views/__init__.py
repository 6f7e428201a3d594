"""Pages of this room: writing a review, one review with its reply, a person's reviews."""

from marketplace.reviews.views import answering, public, writing
from marketplace.reviews.views.blueprint import bp

__all__ = ["answering", "bp", "public", "writing"]
