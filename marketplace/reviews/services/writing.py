"""Write reviews: sealed and editable until revealed, then only their text; every version is kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.accounts.linked_accounts import link_between
from marketplace.accounts.policy import acts_for
from marketplace.contracts.policy import other_side, side_of
from marketplace.contracts.states import CLIENT, FREELANCER
from marketplace.core.database import db
from marketplace.core.errors import Invalid, demand
from marketplace.core.events import review_corrected
from marketplace.reviews import policy
from marketplace.reviews.marks import HIGHEST, LOWEST, MAX_TEXT, Marks
from marketplace.reviews.models import Review, ReviewRound, ReviewVersion
from marketplace.reviews.services.revealing import lock_round, reveal

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def write_review(actor: User, round_: ReviewRound, marks: Marks, text: str, now: datetime) -> Review:
    """Write or edit the actor's review of the other side; reveal both when both are written.

    Raises NotAllowed for outsiders and linked accounts, Conflict once the round is over, Invalid for invalid marks or
    text.
    """
    lock_round(round_)
    contract = round_.contract
    linked = link_between(contract.client_id, contract.freelancer_id) is not None
    demand(policy.why_not_review(actor, round_, now, linked=linked))
    _check(marks, text)
    review = next((one for one in round_.reviews if acts_for(actor, one.author_id)), None)
    if review is None:
        about = FREELANCER if side_of(actor, contract) == CLIENT else CLIENT
        review = Review(
            round_id=round_.id, author_id=actor.id, subject_id=other_side(actor.id, contract), about=about, version=0
        )
        round_.reviews.append(review)
    elif (review.marks, review.text) == (marks, text):
        return review
    _set(review, marks, text, now)
    if len(round_.reviews) == 2:  # both sides
        reveal(round_, now)
    return review


def correct_review(actor: User, review: Review, text: str, now: datetime) -> Review:
    """Correct the text of a revealed review; marks are fixed, to prevent retaliation after reading the other review.

    Raises NotAllowed for anybody but the author, Invalid for invalid text.
    """
    lock_round(review.round)
    demand(policy.why_not_correct(actor, review))
    _check(review.marks, text)
    if text != review.text:
        _set(review, review.marks, text, now)
        review_corrected.send(review)
    return review


def _check(marks: Marks, text: str) -> None:
    for scale, mark in marks._asdict().items():
        if not LOWEST <= mark <= HIGHEST:
            raise Invalid(scale, "Choose one of the five.")
    if not text.strip():
        raise Invalid("text", "Write a sentence or two: what went well, what did not.")
    if len(text) > MAX_TEXT:
        raise Invalid("text", f"Use {MAX_TEXT:,} characters at most.")


def _set(review: Review, marks: Marks, text: str, now: datetime) -> None:
    review.quality, review.on_time, review.contact = marks
    review.text, review.written_at, review.version = text, now, review.version + 1
    db.session.add(review)
    db.session.flush()
    version = {"review_id": review.id, "number": review.version, "at": now, "text": text, **marks._asdict()}
    db.session.add(ReviewVersion(**version))
    db.session.flush()
