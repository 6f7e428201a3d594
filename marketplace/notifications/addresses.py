"""Target pages of news by endpoint, for workers, which have no pages of their own."""

from __future__ import annotations

from werkzeug.routing import Map, Rule

PAGES = Map(
    [
        Rule("/account/moderation", endpoint="moderation.answer"),
        Rule("/account/testimonials", endpoint="accounts.testimonials"),
        Rule("/admin/admins", endpoint="moderation.admins"),
        Rule("/bids/<int:bid_id>", endpoint="bids.show"),
        Rule("/bids/<int:bid_id>/messages", endpoint="messages.thread"),
        Rule("/contracts/<int:contract_id>", endpoint="contracts.show"),
        Rule("/contracts/<int:contract_id>/review", endpoint="reviews.write"),
        Rule("/disputes/<int:dispute_id>", endpoint="disputes.show"),
        Rule("/jobs/<slug>", endpoint="jobs.show"),
        Rule("/jobs/<slug>/bids", endpoint="bids.ranked"),
        Rule("/jobs/<slug>/history", endpoint="jobs.history"),
        Rule("/moderation-log", endpoint="moderation.log"),
        Rule("/reviews/<int:review_id>", endpoint="reviews.show"),
        Rule("/unsubscribe/<token>", endpoint="notifications.unsubscribe"),
    ]
)
"""A test compares these with the pages that the web process serves."""


def path_to(endpoint: str, **arguments: int | str) -> str:
    """The page's path on this site; raises BuildError for a page not in PAGES, or a missing argument."""
    return PAGES.bind("").build(endpoint, arguments)
