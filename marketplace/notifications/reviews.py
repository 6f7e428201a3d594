"""What the events of reviews mean for the two people concerned."""

from __future__ import annotations

from typing import Any

from marketplace.core import events
from marketplace.core.rooms import Listeners
from marketplace.notifications.listeners import announce
from marketplace.notifications.services import News
from marketplace.reviews.models import Review, ReviewRound


def _on_invitation(round_: ReviewRound, **_: Any) -> None:
    body = f"It stays sealed until you have both written, or until {round_.closes_at:%d %B %Y, %H:%M} UTC."
    _ask_to_write(round_, "invited", "Your turn: review {}", body)


def _on_closing(round_: ReviewRound, **_: Any) -> None:
    body = f"It can be written until {round_.closes_at:%d %B %Y, %H:%M} UTC; then what was written is shown."
    _ask_to_write(round_, "closing", "Your review of {} is still missing", body)


def _ask_to_write(round_: ReviewRound, step: str, subject: str, body: str) -> None:
    """Tell each side that has not written."""
    contract, written = round_.contract, {review.author_id for review in round_.reviews}
    sides = {contract.client_id: contract.freelancer.name, contract.freelancer_id: contract.client.name}
    path = f"/contracts/{contract.id}/review"
    announce(
        *(
            News(person, "review", f"review:{round_.id}:{step}:{person}", subject.format(other), path, body)
            for person, other in sides.items()
            if person not in written
        )
    )


def _on_reveal(round_: ReviewRound, **_: Any) -> None:
    announce(*(_shown(review) for review in round_.reviews))


def _shown(review: Review) -> News:
    subject = f"{review.author.name} reviewed you for {review.round.contract.title}"
    body = "You can reply once, and show it among your testimonials."
    return News(review.subject_id, "review", f"review:{review.id}:shown", subject, f"/reviews/{review.id}", body)


def _on_correction(review: Review, **_: Any) -> None:
    subject, key = f"{review.author.name} corrected a review of you", f"review:{review.id}:corrected:{review.version}"
    announce(News(review.subject_id, "review", key, subject, f"/reviews/{review.id}", review.text))


def _on_reply(review: Review, **_: Any) -> None:
    subject, key = f"{review.subject.name} replied to your review", f"review:{review.id}:reply"
    announce(News(review.author_id, "review", key, subject, f"/reviews/{review.id}", review.reply))


LISTENERS: Listeners = (
    (events.reviews_invited, _on_invitation),
    (events.reviews_closing, _on_closing),
    (events.reviews_revealed, _on_reveal),
    (events.review_corrected, _on_correction),
    (events.review_replied, _on_reply),
)
