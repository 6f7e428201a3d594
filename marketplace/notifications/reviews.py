"""News from review events, for the two people concerned."""

from __future__ import annotations

from typing import Any

from marketplace.core import events
from marketplace.core.rooms import Listeners
from marketplace.notifications.services import News
from marketplace.notifications.telling import announce, news
from marketplace.reviews.models import Review, ReviewRound


def _on_invitation(round_: ReviewRound, **_: Any) -> None:
    _ask_to_write(round_, "invited")


def _on_closing(round_: ReviewRound, **_: Any) -> None:
    _ask_to_write(round_, "closing")


def _ask_to_write(round_: ReviewRound, what: str) -> None:
    """Tell each side that has not written its review."""
    contract, written = round_.contract, {review.author_id for review in round_.reviews}
    sides = {contract.client_id: contract.freelancer.name, contract.freelancer_id: contract.client.name}
    key, at = f"review:{round_.id}:{what}", {"contract_id": contract.id}
    announce(
        *(
            news(person, "review", what, f"{key}:{person}", "reviews.write", at=at, other=other, round=round_)
            for person, other in sides.items()
            if person not in written
        )
    )


def _on_reveal(round_: ReviewRound, **_: Any) -> None:
    announce(*(_of(review, review.subject_id, "shown", "shown") for review in round_.reviews))


def _on_correction(review: Review, **_: Any) -> None:
    announce(_of(review, review.subject_id, "corrected", f"corrected:{review.version}"))


def _on_reply(review: Review, **_: Any) -> None:
    announce(_of(review, review.author_id, "replied", "reply"))


def _of(review: Review, person: int, what: str, key: str) -> News:
    at = {"review_id": review.id}
    return news(person, "review", what, f"review:{review.id}:{key}", "reviews.show", at=at, review=review)


LISTENERS: Listeners = (
    (events.reviews_invited, _on_invitation),
    (events.reviews_closing, _on_closing),
    (events.reviews_revealed, _on_reveal),
    (events.review_corrected, _on_correction),
    (events.review_replied, _on_reply),
)
